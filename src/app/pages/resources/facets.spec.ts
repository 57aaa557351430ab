import { describe, expect, it } from 'vitest';
import type { KindCount } from '../../../api/resource.ts';
import { facetsOf } from './facets.ts';
import { objectOf, objectWord, toggled, wordsIn } from './resource-search.ts';
import { rowsBetween } from './row-window.ts';

const counts: readonly KindCount[] = [
  { apiVersion: 'v1', kind: 'Node', rows: 2, namespaces: [{ namespace: '', rows: 2 }] },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    rows: 5,
    namespaces: [
      { namespace: 'shop', rows: 3 },
      { namespace: 'meshplay', rows: 2 },
    ],
  },
  { apiVersion: 'apps/v1', kind: 'Deployment', rows: 1, namespaces: [{ namespace: 'shop', rows: 1 }] },
];

describe('facetsOf', () => {
  it('counts everything while nothing is chosen, most first', () => {
    expect(facetsOf(counts, [], [])).toEqual({
      kinds: [
        { value: 'Pod', rows: 5 },
        { value: 'Node', rows: 2 },
        { value: 'Deployment', rows: 1 },
      ],
      namespaces: [
        { value: 'shop', rows: 4 },
        { value: 'meshplay', rows: 2 },
      ],
    });
  });

  it('counts kinds within the chosen namespaces and the other way round, and keeps what is chosen', () => {
    const { kinds, namespaces } = facetsOf(counts, ['Deployment', 'Secret'], ['shop']);
    expect(kinds).toEqual([
      { value: 'Pod', rows: 3 },
      { value: 'Deployment', rows: 1 },
      { value: 'Secret', rows: 0 },
    ]);
    expect(namespaces).toEqual([{ value: 'shop', rows: 1 }]);
  });
});

describe('the address', () => {
  it('names an object, whatever its group, and nothing by half', () => {
    const key = {
      clusterUid: 'c-1',
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: '',
      name: 'web',
    };
    expect(objectOf(objectWord(key))).toEqual(key);
    expect([objectOf(null), objectOf('c-1|v1|Pod'), objectOf('||||')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('toggles words', () => {
    expect(toggled(wordsIn('Pod, Node,'), 'Node')).toBe('Pod');
    expect(toggled(['Pod'], 'Pod')).toBeUndefined();
    expect(toggled([], 'Pod')).toBe('Pod');
  });
});

describe('rowsBetween', () => {
  it('draws what is in sight and a few around it, within the list', () => {
    expect(rowsBetween(100_000, 40, 40_000, 40_800)).toEqual({ start: 988, end: 1_032 });
    expect(rowsBetween(100_000, 40, -300, 400)).toEqual({ start: 0, end: 22 });
    expect(rowsBetween(5, 40, 0, 900)).toEqual({ start: 0, end: 5 });
    expect(rowsBetween(5, 40, 90_000, 91_000)).toEqual({ start: 0, end: 5 });
  });
});
