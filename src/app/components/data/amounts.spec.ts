import { expect, it } from 'vitest';
import { bytesWords, countOf, rateWords } from './amounts.ts';

it('says amounts in their largest fitting unit', () => {
  expect([0, 512, 1_500, 4_200_000, 3 * 1024 ** 4].map(bytesWords)).toEqual([
    '0 B',
    '512 B',
    '1.5 kB',
    '4.0 MB',
    '3.0 TB',
  ]);
  expect([0, 0.01, 0.42, 48.2, 1_234].map(rateWords)).toEqual(['0', '< 0.1', '0.4', '48', '1,234']);
  expect([countOf(1, 'row'), countOf(12_408, 'row')]).toEqual(['1 row', '12,408 rows']);
});
