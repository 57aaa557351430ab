/** What stands between this server and a cluster, and who leads in it: one at a time, in worlds made for it. */
import { afterEach, describe, expect, it } from 'vitest';
import { byId, closeWorlds, enter, handleOf, ids, test, TEST_LIMIT_MS, until } from './check-bench.ts';
import { connection } from './worlds/plan.ts';

afterEach(closeWorlds);

describe('a test by hand', () => {
  it(
    'finds an installation in whatever namespace it is',
    async () => {
      const tools = { name: 'tools', title: '', story: '' };
      const plan = connection('elsewhere', { installation: { namespace: 'platform-tools' } });
      const world = await enter('tools', [{ ...tools, connections: [plan] }]);
      const handle = handleOf(world);
      await until(handle, (view) => view.health === 'healthy');
      const run = await test(world, handle, ['operator', 'broker']);
      expect(ids(run, 'fail')).toEqual([]);
      expect(byId(run, 'broker-resource').evidence.join()).toContain('platform-tools/meshplay-broker');
    },
    TEST_LIMIT_MS,
  );

  it(
    'says what is wrong with the proxy, and judges nothing that only the proxy can see',
    async () => {
      for (const [name, observed, remedy] of [
        ['fault-proxy-refuses', /does not let .* pass \(HTTP 403\)/, /allow CONNECT/],
        ['fault-proxy-wants-login', /asks for a user name and password/, /user:password/],
        ['fault-proxy-gone', /its name cannot be resolved/, /Start the proxy/],
      ] as const) {
        const world = await enter(name);
        const run = await test(world, handleOf(world));
        expect(ids(run, 'fail'), name).toEqual(['kubernetes-proxy']);
        expect(run.rootCause).toBe('kubernetes-proxy');
        expect(byId(run, 'kubernetes-proxy')).toMatchObject({
          observed: expect.stringMatching(observed),
          remedy: expect.stringMatching(remedy),
          reference: 'kubernetes-proxy',
        });
        expect(byId(run, 'kubernetes-dns').observed).toContain('proxy.example:3128 resolves it');
        expect(byId(run, 'kubernetes-tcp').skippedBecause).toBe('kubernetes-proxy');
      }
    },
    TEST_LIMIT_MS,
  );

  it(
    'names what the certificate is made out to where it is another name',
    async () => {
      const world = await enter('fault-api-certificate-of-another');
      const run = await test(world, handleOf(world));
      expect(run.rootCause).toBe('kubernetes-tls');
      expect(ids(run, 'fail')).toEqual(['kubernetes-tls']);
      expect(byId(run, 'kubernetes-tls').observed).toBe(
        'it is not made out to lab.example, but to kubernetes.default.svc, old-name.example',
      );
    },
    TEST_LIMIT_MS,
  );

  it(
    'sees which Operator leads, and a lock that is held by a pod that is gone',
    async () => {
      const well = await enter('healthy');
      const handle = handleOf(well, 'prod-eu-1');
      await until(handle, (view) => view.health === 'healthy');
      expect(byId(await test(well, handle, ['operator']), 'operator-leader')).toMatchObject({
        status: 'pass',
        observed: expect.stringMatching(/^meshplay-operator-\S+ holds the Lease meshplay-operator-leader/),
      });
      const world = await enter('fault-leader-lock-forbidden');
      const held = handleOf(world);
      await until(
        held,
        (_view, { pods, workloads }) => pods.status === 'seen' && workloads.status === 'seen',
      );
      const run = await test(world, held, ['operator']);
      expect(byId(run, 'operator-leader')).toMatchObject({
        status: 'warn',
        observed: expect.stringMatching(
          /which is no pod of the Operator any more, held the Lease .* last \d+ s ago/,
        ),
        reference: 'operator-leader',
      });
      expect(byId(run, 'operator-log').observed).toContain('permission');
    },
    TEST_LIMIT_MS,
  );
});
