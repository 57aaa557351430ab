import { describe, expect, it } from 'vitest';
import { isFileLost, isPassing, problemKindOf, problemOf } from './sqlite-problem.ts';

const sqlite = (errcode: number) => Object.assign(new Error('database'), { errcode });
const system = (code: string) => Object.assign(new Error('system'), { code });

describe('what went wrong with the database', () => {
  it.each([
    [sqlite(11), 'corrupt'],
    [sqlite(267), 'corrupt'],
    [sqlite(26), 'not-a-database'],
    [sqlite(10), 'unreadable'],
    [sqlite(522), 'unreadable'],
    [sqlite(13), 'full'],
    [sqlite(14), 'cannot-open'],
    [sqlite(8), 'read-only'],
    [sqlite(1032), 'read-only'],
    [sqlite(5), 'locked'],
    [sqlite(1), 'other'],
    [system('EROFS'), 'read-only'],
    [system('ENOSPC'), 'full'],
    [system('ENOTDIR'), 'cannot-open'],
    [new Error('anything'), 'other'],
  ] as const)('%o is %s', (error, kind) => {
    expect(problemKindOf(error)).toBe(kind);
  });

  it('always says what follows and what to do', () => {
    expect(problemOf('full', 0)).toMatchObject({
      at: '1970-01-01T00:00:00.000Z',
      remedy: expect.stringContaining('Free space'),
    });
    expect(isFileLost('corrupt') && !isPassing('corrupt') && isPassing('locked')).toBe(true);
  });
});
