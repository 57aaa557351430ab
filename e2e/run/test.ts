/**
 * `npm test`: everything that needs no cluster. Every part runs whatever came before it, and the last line tells the
 * counts of all of them; a part that is not a test (types, lint, build) counts only when it fails.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { findChromium } from './chromium.ts';
import { ROOT, run } from './command.ts';
import type { Counts } from './counts.ts';
import { countsLine, countsOf, NOTHING, ONE_FAILURE, total } from './counts.ts';

const REPORTS = resolve(ROOT, 'test-results/reports');
const DOWNLOAD_LIMIT_MS = 60_000;

async function succeeds(program: string, args: readonly string[]): Promise<Counts> {
  return (await run(program, args)) === 0 ? NOTHING : ONE_FAILURE;
}

async function unitTests(): Promise<Counts> {
  const report = resolve(REPORTS, 'vitest.json');
  const code = await run('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  return countsOf('vitest', report, code);
}

async function journeys(): Promise<Counts> {
  if (!(await hasChromium())) return ONE_FAILURE;
  const report = resolve(REPORTS, 'playwright.json');
  const code = await run('playwright', ['test', '--reporter=list,json'], {
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  });
  return countsOf('playwright', report, code);
}

/** Journeys are never skipped for want of a browser: where there is none, one is installed, or it is a failure. */
async function hasChromium(): Promise<boolean> {
  if (findChromium() !== undefined) return true;
  console.log('\nNo Chromium on this machine; installing one.');
  // The distribution's own first: no time limit, because a package manager killed half way leaves its lock behind.
  if (process.getuid?.() === 0 && (await installFromDebian()) && findChromium() !== undefined) return true;
  await run('playwright', ['install', 'chromium'], { timeoutMs: DOWNLOAD_LIMIT_MS });
  if (findChromium() !== undefined) return true;
  console.error(
    'Chromium could not be installed. Install it, or set CHROMIUM_PATH to one, and run this again.',
  );
  return false;
}

async function installFromDebian(): Promise<boolean> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  // Another package manager may be at work: wait for it rather than fail.
  const wait = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
  if ((await run('apt-get', [...wait, 'update'], { env })) !== 0) return false;
  return (
    (await run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', 'chromium'], { env })) === 0
  );
}

rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });

const counts = [
  await succeeds('npm', ['run', 'check']),
  // Before the tests, because some of them read what was built.
  await succeeds('vite', ['build', '--logLevel', 'warn']),
  await succeeds('vite', ['build', '--mode', 'offline', '--logLevel', 'warn']),
  await unitTests(),
  await journeys(),
];
const sum = total(counts);
console.log(`\n${countsLine(sum)}`);
process.exitCode = sum.failed === 0 ? 0 : 1;
