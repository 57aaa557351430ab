import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionView } from '../../api/connection.ts';
import { catalogue } from '../../core/judge/catalogue.ts';
import { FAULTS } from './faults/index.ts';
import { openLabBench, type LabBench } from './lab-bench.ts';
import { labWorld, startOf } from './lab.ts';
import { WORLDS } from './worlds.ts';

/** Simulated time: long enough for ten quiet minutes to count as stale, and for what follows from that. */
const LIMIT_MS = 20 * 60_000;
const SETTLES_MS = 3 * 60_000;
/** Of the machine; generous, because a loaded machine is no failure. */
const TEST_LIMIT_MS = 600_000;

const open: LabBench[] = [];
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close();
});

const codesOf = (view: ConnectionView) => view.allFindings.map(({ code }) => code);
const story = (view: ConnectionView) =>
  view.allFindings
    .map(
      ({ code, summary, followsFrom }) => `${code}${followsFrom === undefined ? '' : ' (folded)'} ${summary}`,
    )
    .join('\n');

/** Each of them at one time or another: a symptom may show before its cause is known, and go when it is. */
async function neverShown(bench: LabBench, codes: readonly string[]): Promise<string[]> {
  const missing = new Set(codes);
  await bench.until((view) => {
    for (const code of codesOf(view)) missing.delete(code);
    return missing.size === 0;
  }, LIMIT_MS);
  return [...missing];
}

describe('the fault lab', () => {
  it.each(FAULTS.map((fault) => [fault.name, fault] as const))(
    '%s shows what it promises, and a repair takes it away',
    async (name, fault) => {
      const world = { name: 'lab', title: name, story: fault.story, connections: [startOf(fault)] };
      const bench = await openLabBench(world);
      open.push(bench);
      // A start of its own need not be healthy: it has begun when it was looked at.
      const isBegun = ({ health, controllers }: ConnectionView) =>
        fault.startsFrom === undefined
          ? health === 'healthy'
          : controllers.every(({ state }) => state !== 'UNKNOWN');
      const isStarted = await bench.until(isBegun, SETTLES_MS);
      expect(isStarted || fault.startsFrom !== undefined, story(bench.view())).toBe(true);
      for (const code of fault.shows) expect(codesOf(bench.view())).not.toContain(code);

      await bench.inject(name);
      const missing = await neverShown(bench, fault.shows);
      expect(missing, `instead of these it shows:\n${story(bench.view())}`).toEqual([]);

      await bench.repair(name);
      if (fault.isPermanent !== undefined) return;
      const isGone = (view: ConnectionView) => !fault.shows.some((code) => codesOf(view).includes(code));
      expect(await bench.until(isGone, LIMIT_MS), `still there:\n${story(bench.view())}`).toBe(true);
      const isWell = await bench.until(isBegun, LIMIT_MS);
      expect(isWell, `not well again:\n${story(bench.view())}`).toBe(true);
    },
    TEST_LIMIT_MS,
  );

  it.each(FAULTS.map((fault) => [fault.name, fault] as const))(
    '%s is there from the start in a world of its own, and named the root cause',
    async (_name, fault) => {
      const bench = await openLabBench(labWorld(fault));
      open.push(bench);
      const missing = await neverShown(bench, fault.shows);
      expect(missing, `instead of these it shows:\n${story(bench.view())}`).toEqual([]);
      const roots: readonly string[] = fault.root === undefined ? fault.shows : [fault.root];
      const isNamed = await bench.until(({ rootCause }) => roots.includes(rootCause?.code ?? ''), LIMIT_MS);
      expect(isNamed, `named instead:\n${story(bench.view())}`).toBe(true);
    },
    TEST_LIMIT_MS,
  );

  it.each(WORLDS.filter(({ shows }) => shows !== undefined).map((world) => [world.name, world] as const))(
    'the world %s shows what it promises',
    async (_name, world) => {
      const bench = await openLabBench(world);
      open.push(bench);
      const missing = await neverShown(bench, world.shows ?? []);
      expect(missing, `instead of these it shows:\n${story(bench.view())}`).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  it('has one fault of each name, and each shows something', () => {
    const names = FAULTS.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(FAULTS.filter(({ shows }) => shows.length === 0).map(({ name }) => name)).toEqual([]);
  });

  it('shows every finding there is', () => {
    const shown = new Set<string>([
      ...FAULTS.flatMap(({ shows }) => shows),
      ...WORLDS.flatMap(({ shows }) => shows ?? []),
    ]);
    expect(catalogue.map(({ code }) => code).filter((code) => !shown.has(code))).toEqual([]);
  });
});
