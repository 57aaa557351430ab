#!/usr/bin/env node
/**
 * What `npx meshplay-troubleshooter` starts. An older Node must be able to read this file, so it uses nothing new and
 * loads the program only after it has looked at the version.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import nodeModule, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `node:sqlite` without a flag, and what else the program takes for granted. */
const NEEDED_MAJOR = 24;
const EXIT_NOT_OBSERVED = 3;

if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) {
  // Loading the program is most of a short command; compiled once, it is remembered where that may be written.
  nodeModule.enableCompileCache(
    join(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache/compiled'),
  );
  const { main } = await import('./main.ts');
  await main();
} else {
  const other = nodeBeside();
  if (other === undefined) {
    process.stderr.write(
      `meshplay-troubleshooter needs Node ${NEEDED_MAJOR} or newer, and this is Node ${process.versions.node} (${process.execPath}).\n` +
        `→ Install Node ${NEEDED_MAJOR} from https://nodejs.org, or install meshplay-troubleshooter again without --omit=optional: it then brings its own.\n`,
    );
    process.exitCode = EXIT_NOT_OBSERVED;
  } else {
    runWith(other);
  }
}

/** The program of the optional package `node`, which pins the runtime; undefined where it was not installed. */
function nodeBeside(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    const program = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(program) && program !== process.execPath ? program : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

function runWith(program: string): void {
  const child = spawn(program, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  // Ctrl-C reaches both, as one group of the terminal; a signal sent to this process alone is handed on.
  const handOn = (signal: NodeJS.Signals) => void child.kill(signal);
  process.on('SIGINT', handOn);
  process.on('SIGTERM', handOn);
  child.once('error', (error) => {
    process.stderr.write(`${program} could not be started: ${error.message}\n`);
    process.exitCode = EXIT_NOT_OBSERVED;
  });
  child.once('exit', (code, signal) => {
    process.off('SIGINT', handOn);
    process.off('SIGTERM', handOn);
    if (signal === null) process.exitCode = code ?? EXIT_NOT_OBSERVED;
    else process.kill(process.pid, signal);
  });
}
