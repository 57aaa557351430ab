import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, silentLog } from '../fakes/fake-clock.ts';
import { FakeState } from '../fakes/fake-ports.ts';
import { Traffic } from './traffic.ts';
import { TRAFFIC_COLLECTION, TrafficKeeper } from './traffic-keeper.ts';

const CORE = 'meshplay.meshsync.core';

let clock: FakeClock;
let state: FakeState;
let traffic: Traffic;
let keeper: TrafficKeeper;

beforeEach(() => {
  clock = new FakeClock();
  state = new FakeState();
  begin();
});

/** A process begins: nothing is in memory. */
function begin(): void {
  traffic = new Traffic();
  keeper = new TrafficKeeper({ clock, log: silentLog, state, traffic });
}

async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 10) {
    await clock.advance(10_000);
    traffic.count(CORE, 1, clock.now());
    keeper.tick(clock.now());
  }
}

describe('what was heard of a cluster', () => {
  it('is kept every few minutes, and known again after a restart', async () => {
    await keeper.recall('uid-one');
    traffic.listen(clock.now());
    await pass(700);
    const kept = await state.read(TRAFFIC_COLLECTION, 'uid-one');
    expect(kept).toMatchObject({ longestGapSeconds: 10 });
    begin();
    await keeper.recall('uid-one');
    expect(traffic.read(clock.now())).toMatchObject({ longestGapSeconds: 10 });
    expect(traffic.read(clock.now()).heardForSeconds).toBeGreaterThan(500);
  });

  it('is written seldom', async () => {
    let written = 0;
    const write = state.write.bind(state);
    state.write = (...document) => {
      written += 1;
      return write(...document);
    };
    await keeper.recall('uid-one');
    await pass(3600);
    expect(written).toBeGreaterThanOrEqual(10);
    expect(written).toBeLessThanOrEqual(15);
  });

  it('is that of its cluster alone', async () => {
    await state.write(TRAFFIC_COLLECTION, 'uid-two', {
      heardForSeconds: 9000,
      longestGapSeconds: 1,
      quietForSeconds: 0,
    });
    await keeper.recall('uid-one');
    expect(traffic.read(clock.now())).not.toHaveProperty('heardForSeconds');
  });

  it.each([['nonsense'], [{ heardForSeconds: -1, longestGapSeconds: 1, quietForSeconds: 0 }], [null]])(
    'is not taken from a document that is none: %j',
    async (document) => {
      await state.write(TRAFFIC_COLLECTION, 'uid-one', document);
      await keeper.recall('uid-one');
      expect(traffic.read(clock.now())).not.toHaveProperty('heardForSeconds');
    },
  );

  it('is done without where it cannot be read or written', async () => {
    state.read = () => Promise.reject(new Error('the disk is gone'));
    state.write = () => Promise.reject(new Error('the disk is gone'));
    await keeper.recall('uid-one');
    await pass(700);
    expect(traffic.read(clock.now()).longestGapSeconds).toBe(10);
  });
});
