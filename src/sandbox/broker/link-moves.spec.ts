import { afterEach, describe, expect, it } from 'vitest';
import { openLabBench, type LabBench } from '../worlds/lab-bench.ts';
import { connection, type ConnectionPlan, type World } from '../worlds/plan.ts';

const MINUTE_MS = 60_000;
/** Of the machine. */
const TEST_LIMIT_MS = 120_000;
const SERVICE = { kind: { group: '', version: 'v1', plural: 'services', isNamespaced: true } };

const open: LabBench[] = [];
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close();
});

/** A cluster whose Broker has no address outside, and whose API server lets a port be forwarded. */
async function forwarded(changes: Partial<ConnectionPlan['traits']> = {}): Promise<LabBench> {
  const plan = connection('lab', { installation: { serviceType: 'ClusterIP' }, traits: changes });
  const world: World = { name: 'lab', title: 'forwarded', story: '', connections: [plan] };
  const bench = await openLabBench(world);
  open.push(bench);
  const stands = await bench.until(
    ({ allFindings, health }) => health === 'healthy' && allFindings.some(({ code }) => code === 'MT-B-29'),
    MINUTE_MS,
  );
  expect(stands, JSON.stringify(bench.view().allFindings)).toBe(true);
  expect(bench.handle().evidence().link.chosen).toBe('port-forward');
  return bench;
}

/** Gives the Broker a load balancer by its own resource, as the remedy of the finding says. */
async function giveAddress(bench: LabBench): Promise<void> {
  const { resources } = bench.handle().evidence();
  const broker =
    resources.status === 'seen' ? resources.value.find(({ kind }) => kind === 'Broker') : undefined;
  if (broker === undefined) throw new Error('There is no Broker.');
  await bench
    .handle()
    .api()
    ?.patch(
      {
        kind: { group: broker.group, version: broker.version, plural: 'brokers', isNamespaced: true },
        namespace: broker.namespace,
        name: broker.name,
      },
      { spec: { service: { type: 'LoadBalancer' } } },
    );
  await bench
    .handle()
    .api()
    ?.patch(
      { ...SERVICE, namespace: broker.namespace, name: broker.name },
      { spec: { type: 'LoadBalancer' } },
    );
}

describe('a link that came up over a forwarded port', () => {
  it(
    'moves to the address that the Broker gets later, without a break and with an event',
    async () => {
      const bench = await forwarded();
      const before = bench.handle().evidence().link;
      await giveAddress(bench);
      const states = new Set<string>();
      const hasMoved = await bench.until(() => {
        const { link } = bench.handle().evidence();
        states.add(link.state);
        return link.chosen !== 'port-forward';
      }, MINUTE_MS);
      expect(hasMoved, JSON.stringify(bench.handle().evidence().link.candidates)).toBe(true);
      expect([...states]).toEqual(['connected']);
      const after = bench.handle().evidence().link;
      expect(after).toMatchObject({ sinceAt: before.sinceAt, proof: 'proven' });
      // The port on the nodes is open a moment before the load balancer has its address.
      expect(['external', 'api-host']).toContain(after.chosen);
      const goesOn = await bench.until(
        ({ messages, health, allFindings }) =>
          messages > after.messages + 20 && health === 'healthy' && allFindings.length === 0,
        MINUTE_MS,
      );
      expect(goesOn, JSON.stringify(bench.view().allFindings)).toBe(true);
      const [event] = bench.events().filter(({ subject }) => subject === 'link');
      expect(event?.message).toBe(
        `The server now reaches the Broker of lab by a better way: ${after.chosen} instead of port-forward.`,
      );
    },
    TEST_LIMIT_MS,
  );

  it(
    'stays there while a firewall swallows what is sent to the new address',
    async () => {
      const bench = await forwarded({ loadBalancer: 'firewalled' });
      await giveAddress(bench);
      const isTried = () =>
        bench
          .handle()
          .evidence()
          .link.candidates.some(({ kind, outcome }) => kind === 'external' && outcome === 'failed');
      expect(await bench.until(isTried, MINUTE_MS)).toBe(true);
      expect(await bench.until(() => bench.handle().evidence().link.state !== 'connected', MINUTE_MS)).toBe(
        false,
      );
      expect(bench.view().rootCause?.code).toBe('MT-B-29');
    },
    TEST_LIMIT_MS,
  );
});
