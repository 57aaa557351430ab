import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeBrokers } from '../fakes/fake-broker.ts';
import { FakeClock, silentLog } from '../fakes/fake-clock.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';
import { BrokerLink } from './link.ts';
import type { BrokerTarget } from './target.ts';

const CORE = 'meshery.meshsync.core';

const brokerInside: BrokerTarget = {
  isWanted: true,
  internal: { host: '10.96.0.9', port: 4222 },
  external: { host: '203.0.113.7', port: 4222 },
  service: undefined,
  clientPort: 4222,
  monitorPort: 8222,
  clientNodePort: undefined,
  monitorNodePort: undefined,
  apiHost: 'cluster.example',
  readyPods: [{ namespace: 'meshery', name: 'meshery-nats-0' }],
  isServerInCluster: false,
  token: { state: 'none' },
  key: 'first',
};
const FORWARDED = 'meshery/meshery-nats-0:4222';
const FORWARDED_MONITOR = 'meshery/meshery-nats-0:8222';

let clock: FakeClock;
let brokers: FakeBrokers;
let target: BrokerTarget;
let link: BrokerLink;
let received: string[];

beforeEach(() => {
  clock = new FakeClock();
  brokers = new FakeBrokers();
  target = brokerInside;
  received = [];
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
    onChange: () => {},
  });
});

afterEach(() => link.close());

function outcomes(): Record<string, string> {
  return Object.fromEntries(link.read().candidates.map((candidate) => [candidate.kind, candidate.outcome]));
}

describe('reaching the Broker', () => {
  it('takes the first way in order that answers, and is not delayed by a black hole', async () => {
    brokers.answers.set('10.96.0.9:4222', 'black-hole');
    brokers.answers.set('203.0.113.7:4222', 'answers');
    link.start();
    await clock.advance(400);
    expect(link.read()).toMatchObject({
      state: 'connected',
      chosen: 'external',
      address: '203.0.113.7:4222',
    });
    expect(outcomes()).toMatchObject({
      internal: 'untried',
      external: 'answered',
      'docker-host': 'skipped',
      'api-host': 'skipped',
    });
  });

  it('prefers the internal address when both answer, and closes the other session', async () => {
    brokers.answers.set('10.96.0.9:4222', 'answers');
    brokers.answers.set('203.0.113.7:4222', 'answers');
    link.start();
    await clock.advance(400);
    expect(link.read().chosen).toBe('internal');
    expect(brokers.sessions.filter((session) => session.isOpen())).toHaveLength(1);
  });

  it('forwards a port when no direct way answers, and says why each did not', async () => {
    brokers.answers.set(FORWARDED, 'answers');
    link.start();
    await clock.advance(1000);
    expect(link.read()).toMatchObject({ state: 'connected', chosen: 'port-forward', proof: 'proven' });
    const internal = link.read().candidates.find((candidate) => candidate.kind === 'internal');
    expect(internal).toMatchObject({ outcome: 'failed', failure: { kind: 'refused' } });
  });

  it('asks both families for everything they hold, and for their version, as soon as it is connected', async () => {
    brokers.answers.set(FORWARDED, 'answers');
    link.start();
    await clock.advance(1000);
    const published = brokers
      .open()
      ?.published.map(({ subject, body }) => [subject, new TextDecoder().decode(body)]);
    expect(published?.map(([subject]) => subject)).toEqual([
      'meshplay.meshsync.request',
      'meshery.meshsync.request',
      'meshplay.meshsync.request',
      'meshery.meshsync.request',
    ]);
    expect(published?.[1]?.[1]).toContain('meshery-server.meshsync.store');
    expect(published?.[3]?.[1]).toContain('meshsync-meta');
  });

  it('tells a refused token apart, and connects at once when the right one is found', async () => {
    brokers.answers.set(FORWARDED, 'wants-token');
    brokers.token = 'right';
    link.start();
    await clock.advance(1000);
    expect(link.read()).toMatchObject({ state: 'lost', failure: { kind: 'auth' } });
    target = { ...brokerInside, token: { state: 'used', value: 'right' }, key: 'second' };
    link.targetChanged();
    await clock.advance(600);
    expect(link.read()).toMatchObject({ state: 'connected', token: 'used' });
  });

  it('keeps trying for ever, with a time for the next try', async () => {
    link.start();
    await clock.advance(600_000);
    expect(link.read().state).toBe('lost');
    brokers.answers.set('203.0.113.7:4222', 'answers');
    await clock.advance(15_000);
    expect(link.read().state).toBe('connected');
  });

  it('rests while there is no Broker', async () => {
    target = { ...brokerInside, isWanted: false };
    link.start();
    await clock.advance(60_000);
    expect(link.read().state).toBe('idle');
    expect(brokers.dialled).toEqual([]);
  });
});

describe('noticing death', () => {
  it('drops a Broker that no longer answers pings within five seconds, and connects again', async () => {
    brokers.answers.set('10.96.0.9:4222', 'answers');
    link.start();
    await clock.advance(5000);
    const first = brokers.open();
    if (first !== undefined) first.isDeaf = true;
    brokers.answers.set('10.96.0.9:4222', 'refuses');
    await clock.advance(5000);
    expect(link.read()).toMatchObject({ state: 'lost' });
    expect(first?.isOpen()).toBe(false);
    brokers.answers.set('10.96.0.9:4222', 'answers');
    await clock.advance(11_000);
    expect(link.read().state).toBe('connected');
  });

  it('reconnects when asked, with everything resolved anew', async () => {
    brokers.answers.set('10.96.0.9:4222', 'answers');
    link.start();
    await clock.advance(1000);
    const reconnecting = link.reconnect(new AbortController().signal);
    await clock.advance(2000);
    await reconnecting;
    expect(brokers.sessions).toHaveLength(2);
    expect(link.read().state).toBe('connected');
  });

  it('says so when a reconnect finds nobody', async () => {
    brokers.answers.set('10.96.0.9:4222', 'answers');
    link.start();
    await clock.advance(1000);
    brokers.answers.clear();
    const reconnecting = link.reconnect(new AbortController().signal).then(
      () => 'connected',
      () => 'refused',
    );
    await clock.advance(10_000);
    expect(await reconnecting).toBe('refused');
  });

  it('cannot ask for a resync without a link', () => {
    expect(() => link.resync()).toThrow('no link to the Broker');
  });
});

describe('the wrong cluster', () => {
  it('leaves a Broker whose server id is not that of the pods, and takes the next way', async () => {
    brokers.answers.set('10.96.0.9:4222', 'answers');
    brokers.serverIds.set('10.96.0.9:4222', 'SOMEBODY-ELSE');
    brokers.answers.set('203.0.113.7:4222', 'answers');
    brokers.answers.set(FORWARDED_MONITOR, 'answers');
    link.start();
    await clock.advance(3000);
    expect(link.read()).toMatchObject({ state: 'connected', chosen: 'external' });
    const internal = link.read().candidates.find((candidate) => candidate.kind === 'internal');
    expect(internal).toMatchObject({ outcome: 'failed', failure: { kind: 'wrong-cluster' } });
  });

  it('proves an ambiguous address by the server id of the pods', async () => {
    brokers.answers.set('10.96.0.9:4222', 'answers');
    brokers.answers.set(FORWARDED_MONITOR, 'answers');
    link.start();
    await clock.advance(1000);
    expect(link.read()).toMatchObject({ chosen: 'internal', proof: 'proven' });
  });

  it('leaves a Broker whose messages name another cluster, before any is stored', async () => {
    brokers.answers.set('10.96.0.9:4222', 'answers');
    brokers.answers.set(FORWARDED, 'answers');
    link.start();
    await clock.advance(1000);
    brokers.open()?.deliver(CORE, '{"Object":{"kind":"Pod","cluster_id":"uid-other"}}');
    expect(received).toEqual([]);
    await clock.advance(1000);
    expect(link.read()).toMatchObject({ state: 'connected', chosen: 'port-forward' });
  });

  it('is proven by a message that names this cluster', async () => {
    brokers.answers.set('203.0.113.7:4222', 'answers');
    link.start();
    await clock.advance(1000);
    expect(link.read().proof).toBe('unproven');
    brokers.open()?.deliver(CORE, '{"Object":{"kind":"Pod","cluster_id":"uid-one"}}');
    expect(link.read().proof).toBe('proven');
    expect(received).toHaveLength(1);
  });
});

describe('counting', () => {
  it('counts by subject and forgets the rate after ten seconds', async () => {
    brokers.answers.set(FORWARDED, 'answers');
    link.start();
    await clock.advance(1000);
    for (let index = 0; index < 20; index += 1) brokers.open()?.deliver(CORE, '{}');
    expect(link.read()).toMatchObject({
      messages: 20,
      bytes: 40,
      messagesBySubject: { [CORE]: 20 },
      ratePerSecond: 2,
    });
    await clock.advance(11_000);
    expect(link.read()).toMatchObject({ messages: 20, ratePerSecond: 0 });
  });

  it('takes the version of MeshSync in, and counts it as no data', async () => {
    brokers.answers.set(FORWARDED, 'answers');
    link.start();
    await clock.advance(1000);
    brokers.open()?.deliver('meshsync-meta', '{"Object":"1.0.3"}');
    expect(received).toEqual(['{"Object":"1.0.3"}']);
    expect(link.read().messages).toBe(0);
  });

  it('asks for the version again until it is told', async () => {
    const asked = () =>
      brokers.open()?.published.filter(({ body }) => new TextDecoder().decode(body).includes('meshsync-meta'))
        .length;
    brokers.answers.set(FORWARDED, 'answers');
    link.start();
    await clock.advance(1000);
    brokers.open()?.deliver(CORE, '{}');
    expect(asked()).toBe(2);
    await clock.advance(31_000);
    brokers.open()?.deliver(CORE, '{}');
    expect(asked()).toBe(4);
    brokers.open()?.deliver('meshsync-meta', '{"Object":"1.0.3"}');
    await clock.advance(31_000);
    brokers.open()?.deliver(CORE, '{}');
    expect(asked()).toBe(4);
  });

  it('leaves nothing open', async () => {
    brokers.answers.set(FORWARDED, 'answers');
    link.start();
    await clock.advance(1000);
    link.close();
    await clock.advance(0);
    expect(brokers.open()).toBeUndefined();
    expect(clock.sleepers()).toBe(0);
  });
});
