import { describe, expect, it } from 'vitest';
import { isNewerOrSame } from './newer.ts';

describe('a resource version', () => {
  it.each([
    ['10', '9', true],
    ['9', '10', false],
    ['41', '41', true],
    ['99999999999999999998', '99999999999999999999', false],
    ['', '5', true],
    ['abc', '5', true],
    ['42', '', true],
  ])('%s after %s is taken: %s', (next, stored, isTaken) => {
    expect(isNewerOrSame(next, stored)).toBe(isTaken);
  });
});
