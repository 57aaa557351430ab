import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ClusterError } from '../../services/ports.ts';
import type { ClusterApi, ResourceKind, WatchEvent } from '../../services/ports.ts';
import type { Endpoint, Timeouts } from './endpoint.ts';
import { startFakeApiServer } from './fake-api-server.ts';
import type { FakeApiServer, FakeReply, SeenRequest } from './fake-api-server.ts';

const PODS: ResourceKind = { group: '', version: 'v1', plural: 'pods', isNamespaced: true };
const BROKERS: ResourceKind = {
  group: 'meshery.io',
  version: 'v1alpha1',
  plural: 'brokers',
  isNamespaced: true,
};

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function serve(
  handle: (request: SeenRequest, reply: FakeReply) => void,
  protocol: 'h2' | 'http/1.1' | 'plain' = 'h2',
): Promise<FakeApiServer> {
  const server = await startFakeApiServer({ protocol, handle });
  closers.push(() => server.close());
  return server;
}

function open(server: FakeApiServer, part?: Partial<Endpoint>, timeouts?: Partial<Timeouts>): ClusterApi {
  const api = server.access(part, timeouts).open();
  closers.push(() => api.close());
  return api;
}

async function failureOf(promise: Promise<unknown>): Promise<ClusterError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof ClusterError))
    throw new Error('it was expected to fail with a ClusterError', { cause: outcome });
  return outcome;
}

function pod(name: string, resourceVersion = '1') {
  return { metadata: { name, namespace: 'meshplay', resourceVersion } };
}

function line(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`;
}

function untilTrue(claim: () => boolean): Promise<void> {
  return expect.poll(claim, { timeout: 15_000, interval: 10 }).toBe(true);
}

describe('requests', () => {
  it('reads version, groups, an object and a list by the words of the URLs', async () => {
    const server = await serve((request, reply) => {
      if (request.path === '/version') return reply.status(200, { gitVersion: 'v1.33.4', major: '1' });
      if (request.path === '/apis') {
        return reply.status(200, {
          groups: [{ name: 'apps', versions: [{ groupVersion: 'apps/v1', version: 'v1' }] }],
        });
      }
      if (request.path.includes('?'))
        return reply.status(200, {
          metadata: { resourceVersion: '77', continue: 'next' },
          items: [pod('a')],
        });
      return reply.status(200, pod('a'));
    });
    const api = open(server);
    expect(await api.version()).toBe('v1.33.4');
    expect(await api.groups()).toEqual([{ group: 'apps', versions: ['v1'] }]);
    expect((await api.get({ kind: BROKERS, namespace: 'meshplay', name: 'a/b' })).metadata.name).toBe('a');
    const list = await api.list(PODS, {
      namespace: 'meshplay',
      labelSelector: 'a=b',
      limit: 5,
      isMetadataOnly: true,
    });
    expect(list).toMatchObject({
      resourceVersion: '77',
      continue: 'next',
      items: [{ metadata: { name: 'a' } }],
    });
    expect(server.seen.map(({ path }) => path)).toEqual([
      '/version',
      '/apis',
      '/apis/meshery.io/v1alpha1/namespaces/meshplay/brokers/a%2Fb',
      '/api/v1/namespaces/meshplay/pods?labelSelector=a%3Db&limit=5',
    ]);
    expect(server.seen[3]?.headers['accept']).toContain('as=PartialObjectMetadataList');
  });

  it('says of a port that speaks something else that it is no API server', async () => {
    const ssh = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('SSH-2.0-OpenSSH\r\n');
    });
    await new Promise<void>((resolve) => ssh.listen(0, '127.0.0.1', resolve));
    closers.push(async () => void ssh.close());
    const { port } = ssh.address() as net.AddressInfo;
    const server = await serve((_, reply) => reply.status(200, {}), 'plain');
    const api = open(server, { server: `http://127.0.0.1:${port}` });
    const { failure } = await failureOf(api.version());
    expect(failure.kind).toBe('protocol');
    expect(failure.message).toContain('does not speak HTTP');
  });

  it('refuses a list whose next page is the one that was asked for: it would have no end', async () => {
    const server = await serve((_, reply) =>
      reply.status(200, { metadata: { resourceVersion: '77', continue: 'again' }, items: [pod('a')] }),
    );
    const api = open(server);
    const first = await api.list(PODS, { limit: 5 });
    await expect(api.list(PODS, { limit: 5, continue: first.continue })).rejects.toMatchObject({
      failure: { kind: 'protocol' },
    });
  });

  it('keeps the path of a server URL', async () => {
    const server = await serve((_, reply) => reply.status(200, { gitVersion: 'v1' }));
    await open(server, { server: `${server.url}/k8s/clusters/c-1/` }).version();
    expect(server.seen[0]?.path).toBe('/k8s/clusters/c-1/version');
  });

  it('changes things with the media types, manager and options of the API', async () => {
    const server = await serve((request, reply) =>
      reply.status(request.method === 'POST' ? 201 : 200, pod('a')),
    );
    const api = open(server);
    await api.create(PODS, pod('a'), { isDryRun: true });
    await api.apply(PODS, pod('a'), { isForced: true });
    await api.patch(
      { kind: PODS, namespace: 'meshplay', name: 'a' },
      { status: {} },
      { subresource: 'status' },
    );
    await api.remove(
      { kind: PODS, namespace: 'meshplay', name: 'a' },
      { propagation: 'Foreground', uid: 'u', isDryRun: true },
    );
    expect(server.seen.map(({ method, path, headers }) => [method, path, headers['content-type']])).toEqual([
      [
        'POST',
        '/api/v1/namespaces/meshplay/pods?fieldManager=meshplay-troubleshooter&dryRun=All',
        'application/json',
      ],
      [
        'PATCH',
        '/api/v1/namespaces/meshplay/pods/a?fieldManager=meshplay-troubleshooter&force=true',
        'application/apply-patch+yaml',
      ],
      [
        'PATCH',
        '/api/v1/namespaces/meshplay/pods/a/status?fieldManager=meshplay-troubleshooter',
        'application/merge-patch+json',
      ],
      ['DELETE', '/api/v1/namespaces/meshplay/pods/a', 'application/json'],
    ]);
    expect(JSON.parse(server.seen[3]?.body ?? '')).toMatchObject({
      propagationPolicy: 'Foreground',
      preconditions: { uid: 'u' },
      dryRun: ['All'],
    });
  });

  it('asks what it may do and reads logs', async () => {
    const server = await serve((request, reply) => {
      if (request.method === 'POST') return reply.status(201, { status: { allowed: false, reason: 'no' } });
      return reply.status(200, 'line one\n');
    });
    const api = open(server);
    expect(await api.mayI({ verb: 'get', group: '', resource: 'pods', subresource: 'log' })).toEqual({
      isAllowed: false,
      reason: 'no',
    });
    expect(
      await api.logs({ namespace: 'n', name: 'p', container: 'c' }, { tailLines: 3, isPrevious: true }),
    ).toBe('line one\n');
    expect(server.seen[1]?.path).toBe(
      '/api/v1/namespaces/n/pods/p/log?container=c&tailLines=3&limitBytes=4194304&previous=true',
    );
  });

  it('tells which checks of readyz fail, and falls back to healthz', async () => {
    let isOld = false;
    const server = await serve((request, reply) => {
      if (isOld)
        return request.path.startsWith('/healthz')
          ? reply.status(200, '[+]ping ok\n')
          : reply.status(404, '');
      return reply.status(
        500,
        '[+]ping ok\n[-]etcd failed: reason withheld\n[-]poststarthook/x failed: reason withheld\n',
      );
    });
    const api = open(server);
    expect(await api.health('readyz')).toMatchObject({ isOk: false, failing: ['etcd', 'poststarthook/x'] });
    isOld = true;
    const health = await api.health('livez');
    expect(health).toMatchObject({ isOk: true, failing: [] });
    // What time it is there, to the second.
    expect(Math.abs((health.timeMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [409, 'conflict'],
    [410, 'expired'],
    [429, 'unavailable'],
    [503, 'unavailable'],
    [302, 'protocol'],
  ])('makes of HTTP %i a failure of kind %s that names the host', async (status, kind) => {
    const server = await serve((_, reply) =>
      reply.status(status, { kind: 'Status', reason: 'Told', message: 'Bearer s3cret-token!' }),
    );
    const api = open(server, { identity: { kind: 'token', token: 's3cret-token!' } });
    const error = await failureOf(api.get({ kind: BROKERS, namespace: 'meshplay', name: 'a' }));
    expect(error.failure.kind).toBe(kind);
    expect(error).toMatchObject({ status, reason: 'Told' });
    expect(error.message).toContain(`127.0.0.1:${server.port}`);
    expect(error.message).not.toContain('s3cret');
    expect(error.failure.permission).toEqual(
      status === 403
        ? { verb: 'get', group: 'meshery.io', resource: 'brokers', namespace: 'meshplay', name: 'a' }
        : undefined,
    );
  });

  it('calls a page that is not JSON a protocol failure', async () => {
    const server = await serve((_, reply) => reply.status(200, '<html>login</html>'));
    expect((await failureOf(open(server).version())).failure.kind).toBe('protocol');
  });

  it('fails a request that is not answered by its own limit, on both protocols', async () => {
    for (const protocol of ['h2', 'http/1.1'] as const) {
      const server = await serve(() => undefined, protocol);
      expect((await failureOf(open(server, {}, { headersMs: 200 }).version())).failure.kind).toBe('timeout');
    }
  });

  it('ends when its signal is aborted, and when it is closed', async () => {
    const server = await serve(() => undefined);
    const api = open(server);
    const abort = new AbortController();
    const aborted = failureOf(api.version(abort.signal));
    await untilTrue(() => server.seen.length === 1);
    abort.abort();
    expect((await aborted).failure.kind).toBe('other');
    const pending = failureOf(api.version());
    await untilTrue(() => server.seen.length === 2);
    await api.close();
    await pending;
    await failureOf(api.version());
  });
});

describe('watch', () => {
  it('gives events and bookmarks, whole also where a chunk ends inside a character', async () => {
    const bytes = Buffer.from(
      line('ADDED', pod('größe-☃-😀')) + line('BOOKMARK', { metadata: { resourceVersion: '9' } }),
    );
    const server = await serve((_, reply) => {
      void (async () => {
        for (const byte of bytes) {
          reply.write(Uint8Array.of(byte));
          await new Promise((resolve) => setImmediate(resolve));
        }
        reply.end();
      })();
    }, 'plain');
    const events: WatchEvent[] = [];
    await open(server).watch(
      PODS,
      { resourceVersion: '5', timeoutSeconds: 30 },
      (event) => events.push(event),
      new AbortController().signal,
    );
    expect(events).toEqual([
      { type: 'ADDED', object: pod('größe-☃-😀') },
      { type: 'BOOKMARK', resourceVersion: '9' },
    ]);
    expect(server.seen[0]?.path).toBe(
      '/api/v1/pods?watch=1&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=30',
    );
  });

  it('tells an expired version, by status and by an event', async () => {
    const gone = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    let isEvent = false;
    const server = await serve((_, reply) => {
      if (!isEvent) return reply.status(410, gone);
      reply.write(line('ERROR', gone));
      return reply.end();
    });
    const api = open(server);
    const watch = () =>
      api.watch(PODS, { resourceVersion: '1' }, () => undefined, new AbortController().signal);
    expect((await failureOf(watch())).failure.kind).toBe('expired');
    isEvent = true;
    expect(await failureOf(watch())).toMatchObject({ failure: { kind: 'expired' }, reason: 'Expired' });
  });

  it('rejects when the connection breaks, also inside an event', async () => {
    for (const protocol of ['h2', 'http/1.1'] as const) {
      const server = await serve((_, reply) => {
        reply.write('{"type":"ADD');
        setTimeout(() => reply.cut(), 20);
      }, protocol);
      const error = await failureOf(
        open(server).watch(PODS, { resourceVersion: '1' }, () => undefined, new AbortController().signal),
      );
      expect(error.failure.kind).toBe('unreachable');
    }
  });

  it('resolves when it is aborted', async () => {
    const server = await serve((_, reply) => reply.write(line('ADDED', pod('a'))));
    const abort = new AbortController();
    const seen: string[] = [];
    const watching = open(server).watch(
      PODS,
      { resourceVersion: '1' },
      (event) => seen.push(event.type),
      abort.signal,
    );
    await untilTrue(() => seen.length === 1);
    abort.abort();
    await expect(watching).resolves.toBeUndefined();
  });

  it.each([
    ['h2', 1],
    ['http/1.1', 13],
  ] as const)('of a dozen over %s lets requests through', async (protocol, sockets) => {
    const server = await serve((request, reply) => {
      if (request.path.includes('watch=1'))
        reply.write(line('BOOKMARK', { metadata: { resourceVersion: '2' } }));
      else reply.status(200, { gitVersion: 'v1' });
    }, protocol);
    const api = open(server);
    const abort = new AbortController();
    let live = 0;
    const watches = Array.from({ length: 12 }, () =>
      api.watch(PODS, { resourceVersion: '1' }, () => (live += 1), abort.signal),
    );
    await untilTrue(() => live === 12);
    expect(await api.version()).toBe('v1');
    expect(server.sockets.length).toBeLessThanOrEqual(sockets);
    abort.abort();
    await Promise.all(watches);
  });

  it(
    'stays open longer than any limit of a request, and breaks when the peer stops answering pings',
    { timeout: 60_000 },
    async () => {
      const server = await serve((request, reply) => {
        if (request.path.includes('watch=1'))
          reply.write(line('BOOKMARK', { metadata: { resourceVersion: '2' } }));
      });
      const relay = await startRelay(server.port);
      closers.push(() => relay.close());
      const limits = { headersMs: 3_000, bodyMs: 100, totalMs: 10_000, pingMs: 3_000 };
      const api = open(server, { server: `https://127.0.0.1:${relay.port}` }, limits);
      let isEnded = false;
      let marks = 0;
      const watching = failureOf(
        api.watch(PODS, { resourceVersion: '1' }, () => (marks += 1), new AbortController().signal),
      ).finally(() => {
        isEnded = true;
      });
      await untilTrue(() => marks === 1);
      // A request that is never answered, while the peer answers pings, harms nobody but itself.
      expect((await failureOf(api.version())).failure.kind).toBe('timeout');
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(isEnded).toBe(false);
      // Now the peer is gone: the connection is open and nothing passes.
      relay.freeze();
      expect((await watching).failure.kind).toBe('unreachable');
    },
  );
});

/** Passes bytes on, until it is told to hold them back while the connections stay open. */
async function startRelay(
  target: number,
): Promise<{ port: number; freeze: () => void; close: () => Promise<void> }> {
  const sockets: net.Socket[] = [];
  const relay = net.createServer((inner) => {
    const outer = net.connect(target, '127.0.0.1');
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.push(from);
      from.on('error', () => undefined);
      from.on('data', (chunk: Buffer) => to.write(chunk));
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return {
    port: (relay.address() as net.AddressInfo).port,
    freeze: () => sockets.forEach((socket) => socket.pause()),
    async close() {
      const closed = new Promise((resolve) => relay.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
