/** Why the Broker is not reached from here, row by row: the guide’s second fault. Source: domain.md 11.5 and 2.4. */
import { describe, expect, it } from 'vitest';
import type { Evidence, Service } from '../../api/evidence.ts';
import {
  ago,
  broker,
  candidate,
  CONTEXT,
  failed,
  healthyEvidence,
  HOUR,
  link,
  linkDown,
  meshsync,
  meshsyncClient,
  MINUTE,
  monitor,
  ourClient,
  seen,
  service,
} from './fixtures.ts';
import { judge } from './judge.ts';

const rootOf = (overrides: Partial<Evidence>) => judge(healthyEvidence(overrides), CONTEXT).findings[0];
const inside = (type: Service['type']): Partial<Evidence> => ({
  services: seen([service('broker', { type, externalAddresses: [] })]),
  resources: seen([broker({ endpoint: { internal: '10.96.0.20:4222' } }), meshsync()]),
});
const triedAndFailed = (...kinds: Parameters<typeof candidate>[]): Partial<Evidence> => ({
  link: linkDown({ candidates: kinds.map((kind) => candidate(...kind)) }),
});
const commands = (overrides: Partial<Evidence>) =>
  rootOf(overrides)?.remedies.flatMap((remedy) => (remedy.kind === 'command' ? [remedy.command] : [])) ?? [];

describe('why the Broker is not reached', () => {
  it('1: a server inside the cluster needs no external address', () => {
    const within = {
      ...inside('ClusterIP'),
      isServerInCluster: true,
      link: link({ chosen: 'internal', address: '10.96.0.20:4222', candidates: [candidate('internal')] }),
    };
    const { findings, controllers } = judge(healthyEvidence(within), CONTEXT);
    expect(findings).toEqual([]);
    expect(controllers[2].state).toBe('CONNECTED');
  });
  it('1: and is not told to make one when the link is down for another reason', () => {
    const down = {
      ...inside('ClusterIP'),
      isServerInCluster: true,
      ...triedAndFailed(['internal', 'timeout']),
    };
    expect(rootOf(down)?.code).toBe('MT-B-23');
  });
  it('2: a ClusterIP asks for a forwarded port, or for an address', () => {
    const root = rootOf({ ...inside('ClusterIP'), ...triedAndFailed(['internal', 'timeout']) });
    expect(root?.code).toBe('MT-B-21');
    expect(root?.remedies[0]).toMatchObject({ label: 'Use port-forward' });
  });
  it('2: the address comes by the resource where it has a field for it, else by the Service', () => {
    const down = triedAndFailed(['internal', 'timeout']);
    expect(commands({ ...inside('ClusterIP'), ...down }).join(' ')).toContain(
      'kubectl patch broker meshery-broker',
    );
    const old = seen([
      broker({
        family: 'meshplay',
        group: 'meshplay.khulnasoft.com',
        endpoint: { internal: '10.96.0.20:4222' },
      }),
      meshsync({ family: 'meshplay', group: 'meshplay.khulnasoft.com' }),
    ]);
    const told = commands({ ...inside('ClusterIP'), resources: old, ...down }).join(' ');
    expect(told).toContain('kubectl patch svc meshery-nats -n meshery');
    expect(told).not.toContain('patch broker');
  });
  it('3: a load balancer that is pending names what gives addresses', () => {
    const root = rootOf({ ...inside('LoadBalancer'), ...triedAndFailed(['internal', 'timeout']) });
    expect(root?.code).toBe('MT-B-20');
    expect(JSON.stringify(root?.remedies)).toMatch(/minikube tunnel.*NodePort/);
  });
  it('4: an address that does not answer is dialled by hand', () => {
    const down = triedAndFailed(['external', 'timeout']);
    expect(rootOf(down)?.code).toBe('MT-B-23');
    expect(commands(down)).toEqual(['nc -vz 203.0.113.7 4222']);
  });
  it.each([
    ['the token is missing', { brokerToken: seen({ isPresent: false }) }, 'MT-B-15'],
    ['the token may not be read', { brokerToken: failed<never>('forbidden') }, 'MT-B-16'],
    ['the token was rotated', {}, 'MT-B-17'],
  ] as const)('5: it answers and refuses: %s', (_story, overrides, code) => {
    expect(rootOf({ ...triedAndFailed(['external', 'auth']), ...overrides })?.code).toBe(code);
  });
  it.each([
    ['another subject', [meshsyncClient, { ...ourClient, subscriptions: ['other'] }], 'MT-S-01'],
    ['no entry of ours', [meshsyncClient], 'MT-S-02'],
  ])('5: it lets us in, and has %s', (_story, clients, code) => {
    expect(rootOf({ monitor: seen(monitor({ clients })) })?.code).toBe(code);
  });
});

describe('data that does not come although every link is up', () => {
  it('offers the synthetic test and a full copy', () => {
    const root = rootOf({ link: link({ lastMessageAt: ago(HOUR), ratePerSecond: 0 }) });
    expect(root?.code).toBe('MT-S-05');
    expect(root?.remedies.slice(0, 2)).toMatchObject([
      { operation: 'synthetic-test' },
      { operation: 'resync' },
    ]);
    expect(root?.summary).toBe('No message has arrived for 60 min.');
  });
  it('says so where MeshSync answers and tells of no change', () => {
    const deaf = link({
      lastMessageAt: ago(MINUTE),
      heardForSeconds: 7200,
      longestGapSeconds: 2,
      quietForSeconds: 1800,
    });
    expect(rootOf({ link: deaf })).toMatchObject({
      code: 'MT-S-05',
      summary: 'MeshSync answers, but has told of no change for 30 min.',
    });
    expect(rootOf({ link: { ...deaf, quietForSeconds: 110 } })).toBeUndefined();
  });
});
