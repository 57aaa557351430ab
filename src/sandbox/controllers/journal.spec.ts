import { describe, expect, it } from 'vitest';
import { recogniseLogLines } from '../../services/checks/log-lines.ts';
import { createSandbox } from '../index.ts';
import { createManualClock } from '../manual-clock.ts';

const PODS = { group: '', version: 'v1', plural: 'pods', isNamespaced: true };

/** What is recognised in the log of a controller in the world of a fault, half a minute after it was entered. */
async function meanings(world: string, container: string): Promise<string[]> {
  const clock = createManualClock(Date.UTC(2026, 5, 15));
  const fail = (error: unknown) => {
    throw error;
  };
  const sandbox = createSandbox({ clock, seed: 3, world, onError: fail });
  const { contexts } = await sandbox.kubeconfigs.discover();
  const api = contexts[0]?.access?.open();
  if (api === undefined) throw new Error('there is no way into the simulated cluster');
  await clock.advance(30_000);
  const { items } = await api.list(PODS, {});
  const logs: string[] = [];
  for (const { metadata } of items) {
    // Only one pod has a container of this name; of the others there is no log to read.
    const log = await api
      .logs({ namespace: metadata.namespace ?? '', name: metadata.name, container })
      .catch(() => '');
    logs.push(log);
  }
  sandbox.close();
  const log = logs.join('\n');
  expect(log).not.toBe('');
  return recogniseLogLines(log).map(({ meaning }) => meaning);
}

describe('the logs of the simulated controllers', () => {
  it('say nothing of trouble where there is none', async () => {
    for (const container of ['manager', 'nats', 'meshsync'])
      expect(await meanings('healthy', container)).toEqual([]);
  });

  it.each([
    ['fault-unlink-meshsync', 'meshsync', 'it cannot reach the Broker'],
    ['fault-both-lists', 'meshsync', 'whitelist and blacklist are both set'],
    ['fault-meshsync-gives-up', 'meshsync', 'its NATS client has given up for ever'],
    ['fault-singular-watch-list', 'meshsync', 'it asks for a kind this cluster does not serve'],
    ['fault-refuse-meshsync', 'manager', 'a policy of the cluster refuses what it wants to write'],
    ['fault-slow-consumer', 'nats', 'somebody reads more slowly than is sent'],
    ['fault-broker-tls', 'meshsync', 'it does not accept a certificate'],
  ])('of %s tell in %s that %s', async (world, container, meaning) => {
    expect(await meanings(world, container)).toContain(meaning);
  });
});
