import { describe, expect, it } from 'vitest';
import { cutOff, paragraph, table, width, wrapped } from './layout.ts';

const RED = '\u001B[31m';
const END = '\u001B[0m';

describe('table', () => {
  const rows = [
    ['NAME', 'STATE', 'BECAUSE'],
    ['staging', `${RED}broken${END}`, 'the Broker lists no client of that name'],
    ['x', 'ok', ''],
  ];

  it('is a line a row in a pipe, whatever the length', () => {
    expect(table(rows).replaceAll(RED, '').replaceAll(END, '')).toBe(
      'NAME     STATE   BECAUSE\nstaging  broken  the Broker lists no client of that name\nx        ok',
    );
  });

  it('keeps within a screen: beside the others where there is room, below where there is not', () => {
    const beside = table(rows, 45);
    expect(beside.split('\n')).toHaveLength(4);
    expect(beside).toContain('\n                 of that name');
    const below = table(rows, 30);
    expect(below.split('\n')[2]).toMatch(/^ {4}the Broker/);
    for (const text of [beside, below])
      for (const line of text.split('\n')) expect(width(line)).toBeLessThanOrEqual(45);
  });
});

describe('paragraph', () => {
  it('indents what follows as far as its lead', () => {
    expect(paragraph('  → ', 'wait until the rollout has ended', 28)).toBe(
      '  → wait until the rollout\n    has ended',
    );
    expect(paragraph('  → ', 'wait until the rollout has ended', undefined)).not.toContain('\n');
  });
});

describe('wrapped', () => {
  it('never loses a word, and gives one that is too long a line of its own', () => {
    expect(wrapped('a verylongword b c', 6)).toEqual(['a', 'verylongword', 'b c']);
  });
});

describe('cutOff', () => {
  it('counts places, not colours, and ends the colour', () => {
    expect(cutOff(`${RED}abcdef${END}\nab`, 4)).toBe(`${RED}abc…${END}\nab`);
  });
});
