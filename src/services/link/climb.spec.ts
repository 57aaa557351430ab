import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeBrokers } from '../fakes/fake-broker.ts';
import { FakeClock, settle, silentLog } from '../fakes/fake-clock.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';
import { BrokerLink } from './link.ts';
import type { BrokerTarget } from './target.ts';

const CORE = 'meshery.meshsync.core';
const EXTERNAL = '203.0.113.7:4222';
const FORWARDED = 'meshery/meshery-nats-0:4222';
const FORWARDED_MONITOR = 'meshery/meshery-nats-0:8222';
const SECOND = 1000;
const MINUTE = 60_000;

const pending: BrokerTarget = {
  isWanted: true,
  internal: undefined,
  external: undefined,
  service: undefined,
  clientPort: 4222,
  monitorPort: 8222,
  clientNodePort: undefined,
  monitorNodePort: undefined,
  apiHost: undefined,
  readyPods: [{ namespace: 'meshery', name: 'meshery-nats-0' }],
  isServerInCluster: false,
  token: { state: 'none' },
  key: 'no address',
};
const assigned: BrokerTarget = {
  ...pending,
  external: { host: '203.0.113.7', port: 4222 },
  key: 'an address',
};

let clock: FakeClock;
let brokers: FakeBrokers;
let target: BrokerTarget;
let link: BrokerLink;
let received: string[];
let changes: number;

beforeEach(async () => {
  clock = new FakeClock();
  brokers = new FakeBrokers();
  target = assigned;
  received = [];
  changes = 0;
  const cluster = new FakeCluster();
  link = new BrokerLink({
    clock,
    log: silentLog,
    brokers,
    dockerHosts: [],
    api: () => cluster,
    target: () => target,
    clusterUid: () => 'uid-one',
    onMessage: (_subject, body) => void received.push(new TextDecoder().decode(body)),
    onChange: () => {
      changes += 1;
    },
  });
  brokers.answers.set(FORWARDED, 'answers');
});

afterEach(() => link.close());

/** Starts the link, which comes up over the forwarded port. */
async function startForwarded(from: BrokerTarget = assigned) {
  target = from;
  link.start();
  await clock.advance(SECOND);
  expect(link.read()).toMatchObject({ state: 'connected', chosen: 'port-forward', proof: 'proven' });
  const old = brokers.open();
  if (old === undefined) throw new Error('There is no session.');
  return old;
}

function openSessions() {
  return brokers.sessions.filter((session) => session.isOpen());
}

function timesDialled(address: string): number {
  return brokers.dialled.filter((one) => one === address).length;
}

describe('a link on a forwarded port', () => {
  it('moves to the direct way once that works, without a break', async () => {
    const old = await startForwarded();
    const { sinceAt } = link.read();
    brokers.answers.set(EXTERNAL, 'answers');
    const before = changes;
    await clock.advance(MINUTE);
    expect(link.read()).toMatchObject({
      state: 'connected',
      chosen: 'external',
      address: EXTERNAL,
      proof: 'proven',
      sinceAt,
    });
    expect(changes).toBeGreaterThan(before);
    expect(old.isOpen()).toBe(false);
    expect(openSessions()).toHaveLength(1);
    const outcomes = link.read().candidates.map(({ kind, outcome }) => `${kind} ${outcome}`);
    expect(outcomes).toContain('external answered');
    expect(outcomes).toContain('port-forward answered');
    brokers.open()?.deliver(CORE, '{"Object":1}');
    expect(received).toEqual(['{"Object":1}']);
  });

  it('dials a direct way that stays silent ever more seldom, and never gives up', async () => {
    await startForwarded();
    const atStart = timesDialled(EXTERNAL);
    await clock.advance(25 * SECOND);
    expect(timesDialled(EXTERNAL)).toBe(atStart);
    await clock.advance(20 * SECOND);
    expect(timesDialled(EXTERNAL)).toBe(atStart + 1);
    await clock.advance(20 * MINUTE);
    // Every half minute it would be forty times.
    const tries = timesDialled(EXTERNAL) - atStart;
    expect(tries).toBeGreaterThanOrEqual(4);
    expect(tries).toBeLessThanOrEqual(8);
    brokers.answers.set(EXTERNAL, 'answers');
    await clock.advance(7 * MINUTE);
    expect(link.read().chosen).toBe('external');
  }, 120_000);

  it('dials at once when the evidence tells of a new address', async () => {
    await startForwarded(pending);
    brokers.answers.set(EXTERNAL, 'answers');
    await clock.advance(10 * MINUTE);
    expect(timesDialled(EXTERNAL)).toBe(0);
    target = assigned;
    link.targetChanged();
    await clock.advance(SECOND);
    expect(link.read().chosen).toBe('external');
  });

  it('does not dial for evidence that changes nothing of the addresses', async () => {
    await startForwarded();
    const before = timesDialled(EXTERNAL);
    target = {
      ...assigned,
      readyPods: [...assigned.readyPods, { namespace: 'meshery', name: 'other-0' }],
      key: 'x',
    };
    link.targetChanged();
    await clock.advance(5 * SECOND);
    expect(timesDialled(EXTERNAL)).toBe(before);
  });

  it('does not move to the Broker of another cluster, and stays where it is', async () => {
    const old = await startForwarded();
    brokers.answers.set(EXTERNAL, 'answers');
    brokers.answers.set(FORWARDED_MONITOR, 'answers');
    brokers.serverIds.set(EXTERNAL, 'SOMEBODY-ELSE');
    await clock.advance(MINUTE);
    expect(timesDialled(EXTERNAL)).toBeGreaterThan(1);
    expect(link.read()).toMatchObject({ state: 'connected', chosen: 'port-forward', proof: 'proven' });
    const external = link.read().candidates.find(({ kind }) => kind === 'external');
    expect(external).toMatchObject({ outcome: 'failed', failure: { kind: 'wrong-cluster' } });
    expect(openSessions()).toEqual([old]);
  });

  it('moves to another pod of the same Broker, for which the cluster vouches', async () => {
    await startForwarded();
    brokers.answers.set(EXTERNAL, 'answers');
    brokers.answers.set(FORWARDED_MONITOR, 'answers');
    brokers.serverIds.set(EXTERNAL, 'SECOND-POD');
    brokers.serverIds.set(FORWARDED_MONITOR, 'SECOND-POD');
    await clock.advance(MINUTE);
    expect(link.read()).toMatchObject({ chosen: 'external', proof: 'proven' });
  });

  it('stays when nobody can vouch for what answers', async () => {
    const old = await startForwarded();
    brokers.answers.set(EXTERNAL, 'answers');
    brokers.serverIds.set(EXTERNAL, 'WHO-KNOWS');
    await clock.advance(MINUTE);
    expect(link.read().chosen).toBe('port-forward');
    expect(openSessions()).toEqual([old]);
  });
});

describe('while the link moves', () => {
  it('takes every message once, from whichever session brings it first', async () => {
    const old = await startForwarded();
    let oldAnswers: (ms: number) => void = () => {};
    Object.assign(old, {
      roundTrip: () =>
        new Promise<number>((resolve) => {
          oldAnswers = resolve;
        }),
    });
    brokers.answers.set(EXTERNAL, 'answers');
    // The ping of the old session is asked again first; the old way is slow, and not dead.
    const moving = clock.advance(31 * SECOND);
    for (let turn = 0; turn < 2000 && openSessions().length < 2; turn += 1) {
      oldAnswers(1);
      await settle();
    }
    const [, next] = openSessions();
    expect(next).toBeDefined();
    for (let turn = 0; turn < 2000 && link.read().chosen !== 'external'; turn += 1) await settle();
    next?.deliver(CORE, 'both, the new way first');
    old.deliver(CORE, 'still on the old way');
    old.deliver(CORE, 'both, the new way first');
    old.deliver(CORE, 'both, the old way first');
    next?.deliver(CORE, 'both, the old way first');
    next?.deliver(CORE, 'twice');
    next?.deliver(CORE, 'twice');
    old.deliver(CORE, 'twice');
    old.deliver(CORE, 'twice');
    expect(received).toEqual([
      'both, the new way first',
      'still on the old way',
      'both, the old way first',
      'twice',
      'twice',
    ]);
    expect(link.current()?.clientIds).toHaveLength(2);
    for (let turn = 0; turn < 2000 && old.isOpen(); turn += 1) {
      oldAnswers(1);
      await settle();
    }
    await moving;
    expect(old.isOpen()).toBe(false);
    old.deliver(CORE, 'after it was left');
    next?.deliver(CORE, 'both, the new way first');
    expect(received.at(-1)).toBe('both, the new way first');
    expect(received).not.toContain('after it was left');
    expect(link.current()?.clientIds).toHaveLength(1);
  });

  it('stays on the old way when the new one does not answer a ping', async () => {
    const old = await startForwarded();
    brokers.answers.set(EXTERNAL, 'answers');
    const connect = brokers.connect.bind(brokers);
    brokers.connect = async (options, signal) => {
      const session = await connect(options, signal);
      const [, made] = openSessions();
      if (made !== undefined) made.isDeaf = true;
      return session;
    };
    await clock.advance(MINUTE);
    expect(timesDialled(EXTERNAL)).toBeGreaterThan(1);
    expect(link.read()).toMatchObject({ state: 'connected', chosen: 'port-forward' });
    old.deliver(CORE, '{}');
    expect(received).toEqual(['{}']);
    expect(openSessions()).toEqual([old]);
  });

  it('connects anew when the way it moved to dies', async () => {
    await startForwarded();
    brokers.answers.set(EXTERNAL, 'answers');
    await clock.advance(MINUTE);
    expect(link.read().chosen).toBe('external');
    brokers.answers.set(EXTERNAL, 'refuses');
    brokers.open()?.end({ kind: 'unavailable', message: 'The Broker closed the connection.' });
    await clock.advance(10 * SECOND);
    expect(link.read()).toMatchObject({ state: 'connected', chosen: 'port-forward' });
  });

  it('waits for a slow old way, and lets it go when the link is closed meanwhile', async () => {
    const old = await startForwarded();
    const roundTrip = old.roundTrip.bind(old);
    const asked: number[] = [];
    const slow = (timeoutMs: number) => {
      asked.push(timeoutMs);
      return openSessions().length < 2 ? roundTrip(timeoutMs) : new Promise<number>(() => {});
    };
    Object.assign(old, { roundTrip: slow });
    brokers.answers.set(EXTERNAL, 'answers');
    await clock.advance(40 * SECOND);
    expect(link.read().chosen).toBe('external');
    expect(Math.max(...asked)).toBeGreaterThanOrEqual(30 * SECOND);
    old.deliver(CORE, 'late, and not lost');
    expect(received).toEqual(['late, and not lost']);
    link.close();
    await clock.advance(0);
    expect(openSessions()).toEqual([]);
  });

  it('leaves nothing open when it is closed', async () => {
    await startForwarded();
    brokers.answers.set(EXTERNAL, 'black-hole');
    const dialling = clock.advance(31 * SECOND);
    await dialling;
    link.close();
    await clock.advance(0);
    expect(openSessions()).toEqual([]);
    expect(clock.sleepers()).toBe(0);
  });
});
