import { afterEach, describe, expect, it } from 'vitest';
import { Bundle, bundlePreview } from '../api/bundle.ts';
import type { ConnectionView } from '../api/connection.ts';
import { ControllerLog } from '../api/log.ts';
import { judgeBundle } from '../core/bundle/open.ts';
import { DataIntake } from '../services/data/intake.ts';
import type { ClusterApi, Discovery, KubeconfigSource } from '../services/ports.ts';
import type { ConnectionHandle } from '../services/registry/handle.ts';
import { createServices, type Services } from '../services/services.ts';
import { createWorkbench, type Workbench } from '../services/workbench.ts';
import { MemoryStore } from './data/memory-store.ts';
import { createMemoryState, createSandbox, createSystemClock } from './index.ts';
import { SPEC_ENVIRONMENT } from './spec-environment.ts';

const CONTEXT = {
  requestId: 'spec',
  actor: 'jane.doe@corp.example.com',
  signal: new AbortController().signal,
};
/** Generous: a loaded machine is no failure. */
const LIMIT_MS = 60_000;
const TEST_LIMIT_MS = 120_000;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const JWT = 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJzeXN0ZW06YWRtaW4ifQ.c2lnbmF0dXJlLW9mLXRoaXM';
const SECRETS = {
  jwt: JWT,
  pem: 'MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn',
  hex: 'd41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e',
  login: 'hunter2hunter2',
  password: 'correcthorse',
  data: 'c3dvcmRmaXNo',
  email: 'ops@corp.example.com',
};
const PLANTED = [
  `Authorization: Bearer ${SECRETS.jwt}`,
  `-----BEGIN PRIVATE KEY-----\n${SECRETS.pem}\n-----END PRIVATE KEY-----`,
  `using key ${SECRETS.hex}`,
  `nats://admin:${SECRETS.login}@broker:4222 failed`,
  `password=${SECRETS.password}`,
  `{"kind":"Secret","data":{"pin":"${SECRETS.data}"}}`,
  `mail ${SECRETS.email}`,
].join('\n');

interface World {
  readonly services: Services;
  readonly workbench: Workbench;
  close(): Promise<void>;
}

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

async function enter(name: string, change: (api: ClusterApi) => ClusterApi = (api) => api): Promise<World> {
  const clock = createSystemClock();
  const sandbox = createSandbox({ clock, seed: 7, world: name });
  const services = createServices({
    clock,
    log: quiet,
    kubeconfigs: changed(sandbox.kubeconfigs, change),
    brokers: sandbox.brokers,
    state: createMemoryState(),
    intake: new DataIntake({ store: new MemoryStore(clock), clock, log: quiet }),
    sandbox: sandbox.control,
    environment: SPEC_ENVIRONMENT,
  });
  const workbench = createWorkbench(services, undefined);
  const world: World = {
    services,
    workbench,
    async close() {
      await workbench.close();
      await services.close();
      sandbox.close();
    },
  };
  open.push(world);
  await services.start();
  await workbench.start();
  return world;
}

function changed(source: KubeconfigSource, change: (api: ClusterApi) => ClusterApi): KubeconfigSource {
  return {
    async discover(): Promise<Discovery> {
      const { paths, contexts } = await source.discover();
      return {
        paths,
        contexts: contexts.map((one) => {
          const { access, ...rest } = one;
          return access === undefined ? rest : { ...rest, access: { open: () => change(access.open()) } };
        }),
      };
    },
  };
}

/** The same cluster, with secrets in its logs and events. */
function leaking(api: ClusterApi): ClusterApi {
  return {
    ...api,
    logs: () => Promise.resolve(`${PLANTED}\nnats: no servers available for connection\n`),
    async list(kind, options, signal) {
      const list = await api.list(kind, options, signal);
      if (kind.plural !== 'pods') return list;
      return {
        ...list,
        items: list.items.map((item) => ({
          ...item,
          status: {
            ...(typeof item['status'] === 'object' ? item['status'] : {}),
            containerStatuses: [
              {
                name: 'main',
                image: 'x',
                ready: false,
                restartCount: 1,
                state: { waiting: { reason: 'Failed', message: PLANTED } },
              },
            ],
          },
        })),
      };
    },
  };
}

function handleOf(world: World, name: string): ConnectionHandle {
  const handle = world.services.registry.connections().find((one) => one.name === name);
  if (handle === undefined) throw new Error(`there is no connection ${name}`);
  return handle;
}

async function bundleOf(world: World): Promise<Bundle> {
  const { handlers } = world.workbench;
  return Bundle.parse(
    await handlers.bundleDownload({ params: undefined, query: {}, body: undefined }, CONTEXT),
  );
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

async function throughFile(world: World): Promise<Bundle> {
  return Bundle.parse(JSON.parse(JSON.stringify(await bundleOf(world))));
}

function log(
  world: World,
  connectionId: string,
  query: { controller: 'operator' | 'meshsync' | 'broker'; pod?: string; previous?: boolean },
) {
  const input = { params: { connectionId }, query: { tail: 100, ...query }, body: undefined };
  return Promise.resolve(world.workbench.handlers.connectionLogs(input, CONTEXT)).then((reply) =>
    ControllerLog.parse(reply),
  );
}

describe('a support bundle', () => {
  it(
    'holds none of the secrets planted in logs, evidence, operations and events, and says what was taken out',
    async () => {
      const world = await enter('healthy', leaking);
      const handle = handleOf(world, 'prod-eu-1');
      const isReady = await handle.waitFor(
        (_view, { pods }) => pods.status === 'seen' && JSON.stringify(pods).includes(SECRETS.pem),
        LIMIT_MS,
        CONTEXT.signal,
      );
      expect(isReady).toBe(true);
      world.services.events.add({ severity: 'info', subject: 'server', message: PLANTED });
      const { handlers } = world.workbench;
      const body = {
        kind: 'resync' as const,
        connectionId: handle.id,
        controllers: ['operator' as const],
        install: {},
        removeDefinitions: false,
        removeNamespace: false,
        releaseFinalizers: false,
      };
      await Promise.resolve(
        handlers.operationStart({ params: undefined, query: undefined, body }, CONTEXT),
      ).catch(() => undefined);

      const bundle = await bundleOf(world);
      const text = JSON.stringify(bundle);
      const token = handle.brokerToken();
      for (const secret of [
        ...Object.values(SECRETS),
        CONTEXT.actor,
        ...(token === undefined ? [] : [token]),
      ])
        expect(text).not.toContain(secret);
      const parts = new Set(bundle.redactions.map((one) => one.part));
      expect([...parts]).toEqual(
        expect.arrayContaining(['prod-eu-1: evidence', 'prod-eu-1: log of operator', 'events']),
      );
      const kinds = new Set(
        bundle.redactions.filter((one) => one.part === 'prod-eu-1: log of broker').map((one) => one.kind),
      );
      expect([...kinds].toSorted()).toEqual([
        'email',
        'long-value',
        'password',
        'pem',
        'secret-data',
        'token',
        'userinfo',
      ]);
      // A known line is still known after the redaction.
      const lines = bundle.connections.find((one) => one.view.name === 'prod-eu-1')?.logs[0]?.lines ?? [];
      expect(lines.at(-1)).toMatchObject({ meaning: 'it cannot reach the Broker' });

      const preview = bundlePreview.response.parse(
        await handlers.bundlePreview({ params: undefined, query: {}, body: undefined }, CONTEXT),
      );
      expect(preview.connections).toHaveLength(3);
      expect(preview.redactions.length).toBeGreaterThan(0);
    },
    TEST_LIMIT_MS,
  );

  it(
    'is judged elsewhere as it was here',
    async () => {
      const world = await enter('broker-without-external-address');
      const handles = world.services.registry.connections();
      for (const handle of handles) {
        expect(
          await handle.waitFor((view) => view.rootCause?.hop === 'broker', LIMIT_MS, CONTEXT.signal),
        ).toBe(true);
      }
      const told = (views: readonly ConnectionView[]) =>
        views.map((view) => ({
          name: view.name,
          root: view.rootCause?.code,
          codes: view.allFindings.map((one) => one.code),
          states: view.controllers.map((one) => `${one.controller} ${one.state}`),
          hops: view.hops.map((one) => one.verdict),
        }));
      // What is shown was judged up to a second before; where time alone has changed a verdict since, look once more.
      let read = await throughFile(world);
      for (
        let tries = 0;
        tries < 50 && !isSame(told(judgeBundle(read)), told(read.connections.map((one) => one.view)));
        tries += 1
      ) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        read = await throughFile(world);
      }
      expect(told(judgeBundle(read))).toEqual(told(read.connections.map((one) => one.view)));
      expect(read.connections.every((one) => one.logs.length === 3)).toBe(true);
    },
    TEST_LIMIT_MS,
  );

  it(
    'refuses a connection that does not exist',
    async () => {
      const world = await enter('nothing-deployed');
      const ask = () =>
        world.workbench.handlers.bundleDownload(
          { params: undefined, query: { connectionId: 'nobody' }, body: undefined },
          CONTEXT,
        );
      await expect(Promise.resolve().then(ask)).rejects.toMatchObject({ code: 'not-found' });
    },
    TEST_LIMIT_MS,
  );
});

describe('the logs of a controller', () => {
  it(
    'are read from its pod, and each reason why not is told in words',
    async () => {
      const world = await enter('healthy');
      const handle = handleOf(world, 'prod-eu-1');
      expect(
        await handle.waitFor(
          (_view, { pods }) => pods.status === 'seen' && pods.value.length >= 3,
          LIMIT_MS,
          CONTEXT.signal,
        ),
      ).toBe(true);
      const operator = await log(world, handle.id, { controller: 'operator' });
      expect(operator.problem).toBeUndefined();
      expect(operator.lines[0]?.text).toContain('starting manager');
      expect(operator.command).toContain(
        `kubectl logs -n ${operator.pods[0]?.namespace ?? ''} ${operator.pod ?? ''}`,
      );
      expect(
        (await log(world, handle.id, { controller: 'broker', previous: true })).problem?.message,
      ).toContain('was not restarted');
      expect((await log(world, handle.id, { controller: 'broker', pod: 'gone' })).problem?.message).toBe(
        'The pod gone is gone.',
      );
      expect(() =>
        world.workbench.handlers.connectionLogs(
          { params: { connectionId: 'x' }, query: { controller: 'broker', tail: 1 }, body: undefined },
          CONTEXT,
        ),
      ).toThrow('no connection x');
    },
    TEST_LIMIT_MS,
  );

  it(
    'explain a crash, a missing pod and a missing permission',
    async () => {
      const crashing = await enter('crash-looping');
      const broken = handleOf(crashing, 'crashing');
      expect(
        await broken.waitFor(
          (_view, { pods }) => pods.status === 'seen' && pods.value.length > 0,
          LIMIT_MS,
          CONTEXT.signal,
        ),
      ).toBe(true);
      expect((await log(crashing, broken.id, { controller: 'broker' })).lines.at(-1)).toMatchObject({
        meaning: 'it crashed',
      });
      const fresh = await enter('nothing-deployed');
      const empty = handleOf(fresh, 'fresh');
      expect(await empty.waitFor((_view, { pods }) => pods.status === 'seen', LIMIT_MS, CONTEXT.signal)).toBe(
        true,
      );
      expect((await log(fresh, empty.id, { controller: 'meshsync' })).problem?.message).toBe(
        'It has no pod, so there is no log.',
      );
      const forbidden = await enter('forbidden');
      const blind = handleOf(forbidden, 'no-pods');
      expect(
        await blind.waitFor((_view, { pods }) => pods.status === 'failed', LIMIT_MS, CONTEXT.signal),
      ).toBe(true);
      expect((await log(forbidden, blind.id, { controller: 'operator' })).problem?.message).toContain(
        'pods cannot be seen',
      );
    },
    TEST_LIMIT_MS,
  );
});
