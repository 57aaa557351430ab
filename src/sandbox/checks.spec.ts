import { afterEach, describe, expect, it } from 'vitest';
import type { CheckRun } from '../api/check.ts';
import {
  ALL,
  byId,
  closeWorlds,
  CONTEXT,
  enter,
  handleOf,
  ids,
  LIMIT_MS,
  test,
  TEST_LIMIT_MS,
  until,
} from './check-bench.ts';

const NO_PROXY = ['kubernetes-proxy'];
/** Tested with a place of their own in services/checks/suites/server.spec.ts. */
const NO_PROCESS = ['server-listener', 'server-disk', 'server-key', 'server-integrity'];

afterEach(closeWorlds);

function because(run: CheckRun): (string | undefined)[] {
  // There is no proxy, of one never reached nothing is stored, and here is no process of ours.
  const needless = [...NO_PROXY, ...NO_PROCESS, 'server-database'];
  const skipped = run.results.filter((one) => one.status === 'skip' && !needless.includes(one.id));
  return [...new Set(skipped.map((one) => one.skippedBecause))];
}

describe('a full test', () => {
  it(
    'passes on a healthy connection, and says of nothing that it is wrong',
    async () => {
      const world = await enter('healthy');
      const handle = handleOf(world, 'prod-eu-1');
      await until(
        handle,
        (view, { monitor, link, database }) =>
          view.health === 'healthy' &&
          database.status === 'seen' &&
          database.value.rows > 0 &&
          monitor.status === 'seen' &&
          link.roundTripMs !== undefined &&
          link.lastMessageAt !== undefined,
      );
      const run = await test(world, handle);
      expect(ids(run, 'fail')).toEqual([]);
      // The simulated cluster is of a version that gets no fixes any more.
      expect(ids(run, 'warn')).toEqual(['kubernetes-version']);
      expect(ids(run, 'skip')).toEqual([
        ...NO_PROXY,
        // Ways that are not needed, since one answers.
        'broker-way-internal',
        'broker-way-docker-host',
        'broker-way-port-forward',
        'meshsync-freshness',
        ...NO_PROCESS,
      ]);
      expect(byId(run, 'broker-way-internal').observed).toMatch(/^not needed, since external answers/);
      expect(byId(run, 'broker-health').observed).toBe('/healthz says ok');
      expect(byId(run, 'meshsync-publishing').observed).toMatch(
        /^\d+ published by this client, \d+ arrived here$/,
      );
      expect(run.rootCause).toBeUndefined();
      expect(byId(run, 'meshsync-answers').observed).toContain('first message');
    },
    TEST_LIMIT_MS,
  );

  it(
    'names one root cause where the API server does not answer, and skips the rest because of it',
    async () => {
      const world = await enter('api-unreachable');
      const causes = {
        unreachable: 'kubernetes-tcp',
        'black-hole': 'kubernetes-tls',
        'expired-login': 'kubernetes-authentication',
      };
      const runs = await Promise.all(Object.keys(causes).map((name) => test(world, handleOf(world, name))));
      for (const [index, cause] of Object.values(causes).entries()) {
        const run = runs[index];
        if (run === undefined) throw new Error('a run is missing');
        expect(ids(run, 'fail')).toEqual([cause]);
        expect(byId(run, cause).remedy).toMatch(/\.$/);
        expect(run.rootCause).toBe(cause);
        expect(because(run)).toEqual([cause]);
      }
    },
    TEST_LIMIT_MS,
  );

  it(
    'ends at once when its connection is put aside, deleted or connected anew',
    async () => {
      const world = await enter('api-unreachable');
      const { checkStart, checkView } = world.workbench.handlers;
      const handle = handleOf(world, 'black-hole');
      const body = { connectionId: handle.id, suites: ALL };
      const { id } = await checkStart({ params: undefined, query: undefined, body }, CONTEXT);
      world.services.registry.settle(handle.id);
      const view = { params: { runId: id }, query: { waitMs: 20_000 }, body: undefined };
      const run = await checkView(view, CONTEXT);
      expect(run).toMatchObject({ status: 'cancelled', counts: { fail: 0 } });
      expect(run.durationMs).toBeLessThan(4000);
    },
    TEST_LIMIT_MS,
  );

  it(
    'says of a fresh cluster only that nothing is installed',
    async () => {
      const world = await enter('nothing-deployed');
      const handle = handleOf(world);
      await until(
        handle,
        (_view, { definitions, workloads }) => definitions.status === 'seen' && workloads.status === 'seen',
      );
      const run = await test(world, handle);
      expect(ids(run, 'fail')).toEqual(['operator-definitions']);
      expect(because(run)).toEqual(['operator-definitions']);
      expect(byId(run, 'operator-definitions').remedy).toBe('Install the Operator.');
      expect(ids(run, 'pass')).toEqual(
        expect.arrayContaining(['kubernetes-may-install', 'kubernetes-may-watch']),
      );
    },
    TEST_LIMIT_MS,
  );

  it(
    'finds the image that cannot be pulled',
    async () => {
      const world = await enter('image-pull-failing');
      const handle = handleOf(world);
      await until(
        handle,
        (_view, { pods }) =>
          pods.status === 'seen' &&
          pods.value.some((pod) => pod.containers.some((one) => one.reason === 'ImagePullBackOff')),
      );
      const run = await test(world, handle, ['operator']);
      expect(ids(run, 'fail')).toEqual(['operator-pods']);
      expect(byId(run, 'operator-pods').observed).toContain('ImagePullBackOff');
      expect(byId(run, 'operator-pods').reference).toBe('operator-pods');
      expect(byId(run, 'operator-image')).toMatchObject({ status: 'skip', skippedBecause: 'operator-pods' });
    },
    TEST_LIMIT_MS,
  );

  it(
    'names the missing permissions, with a role that grants them',
    async () => {
      const world = await enter('forbidden');
      const noPods = handleOf(world, 'no-pods');
      await until(noPods, (_view, { pods }) => pods.status === 'failed');
      const run = await test(world, noPods);
      expect(ids(run, 'fail')).toEqual(['kubernetes-may-watch']);
      expect(byId(run, 'kubernetes-may-watch')).toMatchObject({
        observed: expect.stringContaining('watch pods'),
        command: expect.stringMatching(
          /kind: ClusterRole[\s\S]*resources: \["pods"\]\n {2}verbs: \[get, list, watch\]/,
        ),
      });
      expect(byId(run, 'broker-pods')).toMatchObject({
        status: 'skip',
        skippedBecause: 'kubernetes-may-watch',
      });
      const noRights = await test(world, handleOf(world, 'no-rights'), ['kubernetes']);
      expect(byId(noRights, 'kubernetes-may-watch').observed).toContain('get secrets');
    },
    TEST_LIMIT_MS,
  );

  it(
    'tells a refused token from a Broker that does not answer',
    async () => {
      const world = await enter('wrong-token');
      const handle = handleOf(world);
      await until(handle, (_view, { link }) => link.state !== 'connected' && link.failure?.kind === 'auth');
      const run = await test(world, handle, ['broker']);
      expect(ids(run, 'fail')).toEqual(['broker-token']);
      expect(because(run)).toEqual(['broker-token']);
    },
    TEST_LIMIT_MS,
  );

  it(
    'finds that MeshSync has no link to the Broker',
    async () => {
      const world = await enter('meshsync-not-connected');
      const handle = handleOf(world);
      await until(
        handle,
        (_view, { link, monitor }) => link.state === 'connected' && monitor.status === 'seen',
      );
      const run = await test(world, handle);
      expect(ids(run, 'fail')).toEqual(['meshsync-connected']);
      expect(byId(run, 'meshsync-answers')).toMatchObject({
        status: 'skip',
        skippedBecause: 'meshsync-connected',
      });
    },
    TEST_LIMIT_MS,
  );

  it(
    'sees a second server of our name beside itself',
    async () => {
      const world = await enter('healthy');
      const handle = handleOf(world, 'prod-eu-1');
      await until(handle, (_view, { link }) => link.state === 'connected' && link.address !== undefined);
      const [host = '', port = ''] = (handle.evidence().link.address ?? '')
        .replace(/^[a-z]+:\/\//, '')
        .split(':');
      const other = await world.sandbox.brokers.connect({
        route: { kind: 'address', host, port: Number(port) },
        token: handle.brokerToken(),
        name: 'meshplay-server',
        timeoutMs: LIMIT_MS,
      });
      try {
        await until(
          handle,
          (_view, { monitor }) =>
            monitor.status === 'seen' &&
            monitor.value.clients.some((one) => one.name === 'meshplay-server' && !one.isOurs),
        );
        const run = await test(world, handle, ['broker']);
        expect(ids(run, 'fail')).toEqual([]);
        expect(byId(run, 'broker-namesakes')).toMatchObject({
          status: 'warn',
          observed: expect.stringContaining('1 more: meshplay-server'),
        });
      } finally {
        await other.close();
      }
    },
    TEST_LIMIT_MS,
  );

  it(
    'stops when it is cancelled, and keeps what was found',
    async () => {
      const world = await enter('api-unreachable');
      const { handlers } = world.workbench;
      const body = { connectionId: handleOf(world, 'black-hole').id, suites: ALL };
      const started = await handlers.checkStart({ params: undefined, query: undefined, body }, CONTEXT);
      await handlers.checkCancel(
        { params: { runId: started.id }, query: undefined, body: undefined },
        CONTEXT,
      );
      const run = await handlers.checkView(
        { params: { runId: started.id }, query: { waitMs: 20_000 }, body: undefined },
        CONTEXT,
      );
      expect(run.status).toBe('cancelled');
      expect(run.results.filter((one) => one.status === 'running' || one.status === 'waiting')).toEqual([]);
    },
    TEST_LIMIT_MS,
  );
});
