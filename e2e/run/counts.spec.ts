import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { countsLine, countsOf, total } from './counts.ts';

const folder = mkdtempSync(join(tmpdir(), 'counts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function report(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const green = JSON.stringify({ numPassedTests: 7, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1 });

describe('countsOf', () => {
  it('reads both runners', () => {
    expect(countsOf('vitest', report('vitest.json', green), 0)).toEqual({ passed: 7, failed: 0, skipped: 2 });
    const stats = { expected: 3, unexpected: 1, flaky: 1, skipped: 2 };
    const file = report('playwright.json', JSON.stringify({ stats }));
    expect(countsOf('playwright', file, 1)).toEqual({ passed: 4, failed: 1, skipped: 2 });
  });

  it('counts a run that failed outside its tests as a failure', () => {
    expect(countsOf('vitest', report('outside.json', green), 1).failed).toBe(1);
  });

  it('counts a missing or broken report as a failure', () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(countsOf('vitest', join(folder, 'absent.json'), 0).failed).toBe(1);
    expect(countsOf('playwright', report('broken.json', '{"stats":'), 0).failed).toBe(1);
  });
});

describe('countsLine', () => {
  it('adds up', () => {
    const all = [
      { passed: 1, failed: 2, skipped: 3 },
      { passed: 10, failed: 20, skipped: 30 },
    ];
    expect(countsLine(total(all))).toBe('11 passed, 22 failed, 33 skipped');
  });
});
