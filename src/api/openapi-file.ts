/**
 * Writes `public/openapi.json`, or with `--check` compares it with the contract: exit 1 when they differ.
 * It stands beside the contract but outside its project, because it reads and writes files.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { openApiDocument } from './openapi.ts';

const file = new URL('../../public/openapi.json', import.meta.url);
const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const version =
  typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '0.0.0';
const wanted = `${JSON.stringify(openApiDocument(version), null, 2)}\n`;

if (process.argv.includes('--check')) {
  if (read() !== wanted) {
    console.error(
      'public/openapi.json does not match the contract in src/api. Run `npm run openapi` and commit the result.',
    );
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, wanted);
}

function read(): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // A missing file differs from any contract, which is all the caller asks.
    return undefined;
  }
}
