import { beforeEach, describe, expect, it } from 'vitest';
import { wireMessage, wirePod, CLUSTER_UID } from '../../core/meshsync/fixture.ts';
import { encodeText } from '../../core/meshsync/text.ts';
import { DataIntake } from '../../services/data/intake.ts';
import { StoreError, type BatchReport, type Messages } from '../../services/data/store.ts';
import { createManualClock, type ManualClock } from '../manual-clock.ts';
import { MemoryStore } from './memory-store.ts';

/** A store that can be held, slow, or out of order. */
class FaultyStore extends MemoryStore {
  hold: Promise<void> = Promise.resolve();
  fault: StoreError | undefined;
  batches: number[] = [];

  override async accept(messages: Messages): Promise<BatchReport> {
    this.batches.push(messages.length);
    await this.hold;
    if (this.fault !== undefined) throw this.fault;
    return super.accept(messages);
  }
}

const PROBLEM = {
  kind: 'full',
  message: 'The disk is full.',
  remedy: 'Free space.',
  at: '2026-08-01T10:00:00.000Z',
} as const;

let clock: ManualClock;
let store: FaultyStore;
let intake: DataIntake;

beforeEach(() => {
  clock = createManualClock(Date.parse('2026-08-01T10:00:00Z'));
  store = new FaultyStore(clock);
  const quiet = () => undefined;
  intake = new DataIntake({ store, clock, log: { info: quiet, warn: quiet, error: quiet } });
});

function send(body: Uint8Array, connectionId = 'c1'): void {
  intake.accept({
    connectionId,
    clusterUid: CLUSTER_UID,
    subject: 'meshery.meshsync.core',
    body,
    receivedAtMs: clock.now(),
  });
}

const pod = (name: string) => wireMessage('ADDED', wirePod({}, { name, uid: name }));

describe('intake', () => {
  it('stores what arrives together in one batch, and counts', async () => {
    send(pod('web-1'));
    send(pod('web-2'));
    send(encodeText('not json'));
    send(wireMessage('ADDED', wirePod({ cluster_id: 'another' })));
    await intake.drained();
    expect(store.batches).toEqual([4]);
    const counters = intake.counters('c1');
    expect(counters.totals).toMatchObject({ received: 4, stored: 2, rejected: 2, dropped: 0 });
    expect(counters.rejected()).toMatchObject([
      { reason: 'not-json', count: 1, samples: ['not json'] },
      { reason: 'foreign-cluster', count: 1 },
    ]);
    expect(intake.evidence('c1', CLUSTER_UID)).toMatchObject({
      status: 'seen',
      value: { rows: 2, rejected: 2, isBehind: false },
    });
  });

  it('keeps five samples of each reason and counts them all', async () => {
    for (let index = 0; index < 8; index += 1) send(encodeText(`broken ${index}`));
    await intake.drained();
    const [rejected] = intake.counters('c1').rejected();
    expect(rejected).toMatchObject({ count: 8 });
    expect(rejected?.samples).toHaveLength(5);
  });

  it('forgives what was rejected before a full copy was asked for, and nothing that came after', async () => {
    const rejected = () => {
      const evidence = intake.evidence('c1', CLUSTER_UID);
      return evidence.status === 'seen' ? evidence.value.rejected : undefined;
    };
    send(encodeText('broken'));
    await intake.drained();
    await clock.advance(1000);
    const askedAtMs = clock.now();
    await clock.advance(1000);
    send(encodeText('broken too'));
    await intake.drained();
    expect(rejected()).toBe(2);
    // It is noticed a moment later that a copy was asked for.
    await clock.advance(1000);
    intake.resyncAsked('c1', askedAtMs);
    expect(rejected()).toBe(1);
    await clock.advance(60_000);
    intake.resyncAsked('c1', clock.now());
    expect(rejected()).toBe(0);
    expect(intake.counters('c1').totals.rejected).toBe(2);
  });

  it('says that it is behind, and stops saying so', async () => {
    let release = () => undefined as void;
    store.hold = new Promise((resolve) => {
      release = resolve;
    });
    const body = encodeText('x');
    for (let index = 0; index < 25_000; index += 1) send(body);
    expect(intake.isBehind()).toBe(true);
    expect(intake.totals().waiting).toBeGreaterThan(20_000);
    release();
    await intake.drained();
    expect(intake.isBehind()).toBe(false);
    expect(intake.counters('c1').totals).toMatchObject({ received: 25_000, dropped: 0 });
    expect(Math.max(...store.batches)).toBe(2000);
  });

  it('drops beyond its bound, counts it, and has a re-sync asked for once there is room', async () => {
    const asked: string[] = [];
    intake.onLossMended((ids) => {
      asked.push(...ids);
      for (const id of ids) intake.resyncAsked(id, clock.now());
    });
    let release = () => undefined as void;
    store.hold = new Promise((resolve) => {
      release = resolve;
    });
    const huge = new Uint8Array(16 * 1024 * 1024);
    for (let index = 0; index < 40; index += 1) send(huge);
    expect(intake.counters('c1').totals.dropped).toBeGreaterThan(10);
    expect(intake.counters('c1').needsResync).toBe(true);
    release();
    await intake.drained();
    expect(asked).toEqual(['c1']);
    expect(intake.counters('c1').needsResync).toBe(false);
  });

  it('goes on without a database, and has everything sent again when it is back', async () => {
    const asked: string[] = [];
    intake.onLossMended((ids) => asked.push(...ids));
    store.fault = new StoreError(PROBLEM);
    send(pod('web-1'));
    await intake.drained();
    expect(intake.counters('c1').totals).toMatchObject({ dropped: 1, stored: 0 });
    expect(asked).toEqual([]);
    store.fault = undefined;
    send(pod('web-2'));
    await intake.drained();
    expect(asked).toEqual(['c1']);
    expect(store.state().rows).toBe(1);
  });

  it('tells the problem of the database as what could not be observed', () => {
    const state = store.state();
    store.state = () => ({ ...state, problem: PROBLEM });
    expect(intake.evidence('c1', CLUSTER_UID)).toMatchObject({
      status: 'failed',
      failure: { kind: 'unavailable' },
    });
  });

  it('keeps what arrives while it is paused', async () => {
    await intake.pause();
    send(pod('web-1'));
    expect(store.batches).toEqual([]);
    intake.resume();
    await intake.drained();
    expect(store.state().rows).toBe(1);
  });

  it('counts kinds and rates over time', async () => {
    send(pod('web-1'));
    await intake.drained();
    await clock.advance(25_000);
    send(pod('web-1'));
    await intake.drained();
    const { history } = intake.counters('c1');
    expect(history.view(clock.now()).messages.slice(-3)).toEqual([1, 0, 1]);
    expect(history.messagesWithin(clock.now(), 60)).toBe(2);
    expect(
      intake.counters('c1').kinds(
        new Map([
          ['Pod', 1],
          ['Node', 3],
        ]),
        clock.now(),
      ),
    ).toMatchObject([
      { kind: 'Node', rows: 3, messages: 0, ratePerSecond: 0 },
      { kind: 'Pod', rows: 1, messages: 2, ratePerSecond: 0.03 },
    ]);
    await clock.advance(3_600_000);
    expect(history.view(clock.now()).messages.every((count) => count === 0)).toBe(true);
  });
});
