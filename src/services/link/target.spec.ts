import { describe, expect, it } from 'vitest';
import { FakeCluster } from '../fakes/fake-cluster.ts';
import { waysTo } from './candidates.ts';
import { parseHostPort } from './target.ts';
import type { BrokerTarget } from './target.ts';

describe('endpoints', () => {
  it.each([
    ['10.96.0.9:4222', { host: '10.96.0.9', port: 4222 }],
    ['nats://broker.example:4222', { host: 'broker.example', port: 4222 }],
    ['[fd00::9]:4222', { host: 'fd00::9', port: 4222 }],
    ['broker.example', undefined],
    ['broker.example:99999', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (text, expected) => {
    expect(parseHostPort(text)).toEqual(expected);
  });
});

const onNodePort: BrokerTarget = {
  isWanted: true,
  internal: { host: '10.96.0.9', port: 4222 },
  external: { host: 'node.example', port: 30_222 },
  service: undefined,
  clientPort: 4222,
  monitorPort: 8222,
  clientNodePort: 30_222,
  monitorNodePort: 30_822,
  apiHost: 'node.example',
  readyPods: [],
  isServerInCluster: false,
  token: { state: 'none' },
  key: '',
};

describe('ways to the Broker', () => {
  it('come in the order of preference, each address once, with the reason for each that is left out', () => {
    const ways = waysTo(onNodePort, { api: new FakeCluster(), dockerHosts: ['host.docker.internal'] });
    expect(ways.map((way) => [way.kind, way.address, way.skipped === undefined])).toEqual([
      ['internal', '10.96.0.9:4222', true],
      ['external', 'node.example:30222', true],
      ['docker-host', 'host.docker.internal:30222', true],
      ['api-host', 'node.example:30222', false],
      ['port-forward', '', false],
    ]);
    expect(ways[1]?.monitor).toEqual({ kind: 'address', host: 'node.example', port: 30_822 });
  });

  it('trust a ClusterIP only from inside the cluster', () => {
    const access = { api: undefined, dockerHosts: [] };
    expect(waysTo(onNodePort, access)[0]?.isAmbiguous).toBe(true);
    expect(waysTo({ ...onNodePort, isServerInCluster: true }, access)[0]?.isAmbiguous).toBe(false);
  });
});
