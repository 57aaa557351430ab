import { describe, expect, it } from 'vitest';
import { imageVersion, isOlderThan } from './image-version.ts';
import { ageWords, countWords, rateWords } from './words.ts';

describe('words', () => {
  it.each([
    [-5, '0 s'],
    [200, '0.2 s'],
    [4000, '4 s'],
    [59_000, '59 s'],
    [240_000, '4 min'],
    [7_200_000, '2 h'],
    [1_036_800_000, '12 d'],
  ])('says %d ms as %s', (ageMs, words) => {
    expect(ageWords(ageMs)).toBe(words);
  });
  it('says rates and counts', () => {
    expect([rateWords(48.4), rateWords(0.24), rateWords(0)]).toEqual(['48 msg/s', '0.2 msg/s', '0 msg/s']);
    expect([countWords(1, 'pod'), countWords(12_408, 'message')]).toEqual(['1 pod', '12,408 messages']);
  });
});

describe('imageVersion', () => {
  it.each([
    ['nats:2.14.2-alpine', '2.14.2-alpine'],
    ['host:5000/x:1', '1'],
    ['host:5000/x', 'latest'],
    ['host:5000/a/b:1.2@sha256:0123456789abcdef', '1.2'],
    ['a/b@sha256:0123456789abcdef', '0123456789ab'],
    ['layer5/meshery-operator:stable-latest', 'stable-latest'],
    ['', undefined],
  ])('reads %s as %s', (image, version) => {
    expect(imageVersion(image)).toBe(version);
  });
  it('compares only versions that are numbers', () => {
    expect(isOlderThan('1.0.0', [1, 0, 1])).toBe(true);
    expect(isOlderThan('v0.9.9', [1, 0, 1])).toBe(true);
    expect(isOlderThan('1.0.1', [1, 0, 1])).toBe(false);
    expect(isOlderThan('2.0.0-rc.1', [1, 0, 1])).toBe(false);
    expect(isOlderThan('stable-latest', [1, 0, 1])).toBe(false);
  });
});
