import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COLOUR, environmentOf, LIMIT_MS } from './fixtures/program.ts';
import { spawned } from './fixtures/spawned.ts';
import { runCli } from './main.ts';
import { width } from './output/layout.ts';

/** Of util-linux: runs a command on a terminal of its own. */
const SCRIPT = '/usr/bin/script';
const COLUMNS = 80;
const ESC = '\u001B';
/** Up five lines: a heading and four connections are drawn over. */
const REDRAWN = new RegExp(`(${ESC}\\[5A[\\s\\S]*){2}`);
const MOVES = new RegExp(`${ESC}\\[\\d+[AJK]`, 'g');

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cli-terminal-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** What a terminal gets from the command line, until `enough` of it was seen: a real one where there can be one. */
async function onTerminal(line: string, enough: RegExp): Promise<string> {
  return existsSync(SCRIPT) ? onPty(line, enough) : onFake(line, enough);
}

async function onPty(line: string, enough: RegExp): Promise<string> {
  const bin = join(import.meta.dirname, 'bin.ts');
  const command = `stty cols ${COLUMNS}; exec "${process.execPath}" "${bin}" ${line}`;
  const terminal = spawned(SCRIPT, ['-q', '-e', '-c', command, '/dev/null'], {
    env: { ...environmentOf(home), TERM: 'xterm', SHELL: '/bin/sh' },
  });
  try {
    await terminal.said(enough);
  } finally {
    terminal.child.kill('SIGTERM');
  }
  return (await terminal.ended).out.replaceAll('\r\n', '\n');
}

async function onFake(line: string, enough: RegExp): Promise<string> {
  let out = '';
  const stop = new AbortController();
  const write = (text: string) => {
    out += text;
    if (enough.test(out)) stop.abort();
  };
  const stream = { write, isTTY: true, columns: COLUMNS };
  await runCli(line.split(' '), { out: stream, err: stream }, stop.signal);
  return out;
}

describe('on a terminal', () => {
  it(
    'a watch draws over what it drew, each connection on one line',
    async () => {
      const text = await onTerminal('connection watch --world welcome', REDRAWN);
      expect(text).toContain(`Asking the simulated world “welcome”.`);
      expect(text).toContain(`${ESC}[5A${ESC}[0J`);
      expect(COLOUR.test(text)).toBe(true);
      for (const each of text.split('\n'))
        expect(width(each.replaceAll(MOVES, ''))).toBeLessThanOrEqual(COLUMNS);
    },
    LIMIT_MS,
  );

  it(
    'a status has colours and keeps within the screen, except what is to be copied',
    async () => {
      const text = await onTerminal(
        'system status --world broker-without-external-address',
        /MT-B-20[\s\S]*\n {2}→ [^\n]*\n/,
      );
      expect(text).toContain(`${ESC}[33mNeeds attention${ESC}[0m`);
      const lines = text.split('\n').filter((each) => !each.startsWith('  → '));
      expect(lines.length).toBeGreaterThan(8);
      for (const each of lines) expect(width(each)).toBeLessThanOrEqual(COLUMNS);
    },
    LIMIT_MS,
  );
});
