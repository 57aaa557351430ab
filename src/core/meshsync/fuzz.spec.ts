import { describe, expect, it } from 'vitest';
import { CLUSTER_UID, wireMessage, wirePod } from './fixture.ts';
import { DEFAULT_LIMITS, parseMessage, REJECTIONS } from './parse.ts';
import { peekClusterId } from './peek.ts';
import { encodeText } from './text.ts';

const MESSAGES_PER_ROUND = 10_000;
const ROUNDS = Array.from({ length: 12 }, (_, round) => round + 1);

/** Mulberry32: the same messages on every machine, so that a failure can be looked at. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ODD_VALUES: unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  'ADDED',
  'ERROR',
  [],
  {},
  [[]],
  [null],
  { key: 1 },
  '\u0000',
  '{"a":',
  { attribute: '[' },
  { __proto__: 1, attribute: 5 },
  [{ key: '__proto__', value: 'x' }],
  'x'.repeat(5000),
];

/** Replaces one value somewhere in the tree, or drops it, or gives its key another case. */
function mutateTree(value: unknown, random: () => number, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > 5 || random() < 0.12) {
    return ODD_VALUES[Math.floor(random() * ODD_VALUES.length)];
  }
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 0) return ODD_VALUES[Math.floor(random() * ODD_VALUES.length)];
  const index = Math.floor(random() * entries.length);
  const entry = entries[index];
  if (entry === undefined) return value;
  const choice = random();
  if (choice < 0.15) entries.splice(index, 1);
  else if (choice < 0.3) entry[0] = random() < 0.5 ? entry[0].toUpperCase() : entry[0].toLowerCase();
  else entry[1] = mutateTree(entry[1], random, depth + 1);
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

/** Flips, cuts, doubles or inserts bytes. */
function mutateBytes(body: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * body.length);
  const choice = random();
  if (choice < 0.25) return body.slice(0, at);
  if (choice < 0.4) return body.slice(at);
  const copy = body.slice();
  const flips = 1 + Math.floor(random() * 4);
  for (let flip = 0; flip < flips; flip += 1) {
    copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
  }
  return copy;
}

const EVENTS = ['ADDED', 'MODIFIED', 'DELETED', 'ERROR', 'RESYNC', ''];

function mutant(random: () => number): Uint8Array {
  const event = EVENTS[Math.floor(random() * EVENTS.length)] ?? '';
  const pod = wirePod(random() < 0.2 ? { kind: 'Secret', data: '{"a":"b"}' } : {});
  const object = random() < 0.3 ? [pod, wirePod(), pod] : pod;
  if (random() < 0.4) return mutateBytes(wireMessage(event, object), random);
  let tree: unknown = { ObjectType: 'meshsync-data', EventType: event, Request: null, Object: object };
  for (let change = 0; change < 1 + random() * 3; change += 1) tree = mutateTree(tree, random);
  return encodeText(JSON.stringify(tree) ?? '');
}

describe('mutated messages', () => {
  const known = new Set<string>(REJECTIONS);

  it.each(ROUNDS)('round %i: each ends as changes or under a reason, and none throws', (seed) => {
    const random = randomFrom(seed);
    const ends = new Map<string, number>();
    const faults: string[] = [];
    for (let count = 0; count < MESSAGES_PER_ROUND; count += 1) {
      const body = mutant(random);
      peekClusterId(body);
      const parsed = parseMessage(body, {
        ...DEFAULT_LIMITS,
        clusterUid: random() < 0.8 ? CLUSTER_UID : undefined,
      });
      const end = parsed.kind === 'rejected' ? parsed.reason : parsed.kind;
      ends.set(end, (ends.get(end) ?? 0) + 1);
      if (parsed.kind === 'rejected' && !known.has(parsed.reason))
        faults.push(`unknown reason ${parsed.reason}`);
      if (parsed.kind === 'changes') {
        for (const change of parsed.changes) {
          if (change.name === '' || change.kind === '' || change.clusterUid === '')
            faults.push('a change without identity');
          // What cannot be written as JSON cannot be stored.
          JSON.stringify(change);
        }
      }
    }
    expect(faults).toEqual([]);
    expect([...ends.values()].reduce((sum, count) => sum + count, 0)).toBe(MESSAGES_PER_ROUND);
    expect(ends.size).toBeGreaterThan(6);
  });
});
