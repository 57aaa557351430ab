/** Faults on the way to a real API server, and permissions taken away verb by verb: each is named by its root cause. */
import { createServer as createHttpsServer, type Server } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTHORITY, ELSEWHERE, EXPIRED, SERVER } from '../../src/server/kubernetes/test-certificates.ts';
import {
  createProductClock,
  createVerdicts,
  type ProductClock,
  type Verdicts,
} from './diagnosis-verdicts.ts';
import { type KubeconfigEntry, writeKubeconfig } from './harness/kubeconfig.ts';
import { type OpenBrowser, startBrowser } from './harness/page.ts';
import { observerRules, permit, type Rule } from './harness/permissions.ts';
import { waitFor } from './harness/poll.ts';
import { freePort } from './harness/ports.ts';
import { type Product, startProduct } from './harness/product.ts';
import { type ApiProxy, startApiProxy, startTcpProxy, type TcpProxy } from './harness/proxy.ts';
import { startWorld, type World } from './harness/world.ts';

/** For localhost, its own authority, not valid before the year 2100. It guards nothing. */
const NOT_YET_VALID = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBczCCARigAwIBAgICIAAwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNbm90IHll
dCB2YWxpZDAiGA8yMTAwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAYMRYw
FAYDVQQDDA1ub3QgeWV0IHZhbGlkMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
sqmxaR6SW7qUjHIz48UUlQAnyFtZpL3PWjzxu11Fd6IQZT3NH7HNjz378Z8bPqlt
VLs7kidmDVsvcfbdF96LtKNOMEwwDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzAR
gglsb2NhbGhvc3SHBH8AAAEwHQYDVR0OBBYEFPPnqHCZU9NbNx1Gu74dRjI+8V0I
MAoGCCqGSM49BAMCA0kAMEYCIQCJ80MIC1SgJ/1kff2kh6L5OTSKJ++E3qAujiIB
j2vE0AIhAImNy1Ix6uUUX59rdO6+EeOJOIfpZ0ni7IQ6TC57ApGa
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgk0gj9c35w1br5lCm
WbESSf9yq9gkxCZFAEF0KCoI8/qhRANCAASyqbFpHpJbupSMcjPjxRSVACfIW1mk
vc9aPPG7XUV3ohBlPc0fsc2PPfvxnxs+qW1UuzuSJ2YNWy9x9t0X3ou0
-----END PRIVATE KEY-----`,
};
/**
 * A name that cannot be put into a DNS question, because a label may have 63 characters: it is answered *not found* on
 * this machine, and no resolver is asked.
 */
const UNRESOLVABLE = `${'n'.repeat(64)}.invalid`;

let world: World;
let clock: ProductClock;
let product: Product;
let browser: OpenBrowser;
let verdicts: Verdicts;
let kubeconfigPath: string;
let good: Omit<KubeconfigEntry, 'name'>;
const servers: Server[] = [];
let blackHole: TcpProxy;
/** What the good connection goes through, so that its watches can be cut. */
let way: TcpProxy;
let strangerWay: TcpProxy;
let apiProxy: ApiProxy;

/** A TLS server on loopback that answers every request the same. */
async function serve(
  certificate: { cert: string; key: string },
  answer: { status: number; type: string; body: string },
): Promise<string> {
  const server = createHttpsServer(certificate, (request, response) => {
    request.resume();
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
  });
  // A client that does not trust us hangs up in the middle of the handshake; that is the point.
  server.on('tlsClientError', () => undefined);
  servers.push(server);
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return `https://127.0.0.1:${port}`;
}

/** The contexts that lead nowhere, with the root cause each must get. */
async function brokenContexts(): Promise<
  { entry: KubeconfigEntry; fault: string; codes: string[]; says?: RegExp }[]
> {
  const html = { status: 200, type: 'text/html', body: '<!doctype html><title>Welcome</title>' };
  const away = { status: 503, type: 'text/plain', body: 'no healthy upstream' };
  const caData = Buffer.from(AUTHORITY).toString('base64');
  const token = 'any-token-of-a-test';
  const at = (name: string, server: string, ca = caData): KubeconfigEntry => ({
    name,
    server,
    caData: ca,
    token,
  });
  blackHole = await startTcpProxy({ mode: 'black-hole' });
  apiProxy = await startApiProxy(world.controlPlane);
  return [
    {
      entry: at('dead', `https://127.0.0.1:${await freePort()}`),
      fault: 'dead API server',
      codes: ['MT-K-05'],
    },
    {
      entry: at('black-hole', `https://127.0.0.1:${blackHole.port}`),
      fault: 'black-hole address',
      codes: ['MT-K-02'],
    },
    { entry: at('no-name', `https://${UNRESOLVABLE}:6443`), fault: 'DNS failure', codes: ['MT-K-03'] },
    {
      entry: at('expired', await serve(EXPIRED, html)),
      fault: 'expired certificate of the API server',
      codes: ['MT-K-04'],
      says: /has expired/,
    },
    {
      entry: at(
        'not-yet',
        await serve(NOT_YET_VALID, html),
        Buffer.from(NOT_YET_VALID.cert).toString('base64'),
      ),
      fault: 'certificate not valid yet: clocks differ',
      codes: ['MT-K-04'],
      says: /not valid yet.*clocks/,
    },
    {
      entry: at('elsewhere', await serve(ELSEWHERE, html)),
      fault: 'certificate for another host name',
      codes: ['MT-K-04'],
      says: /another host name/,
    },
    {
      entry: at('other-authority', world.controlPlane.server),
      fault: 'certificate of another authority',
      codes: ['MT-K-04'],
      says: /authority/,
    },
    {
      // Through a proxy of its own: by the same address it would be one more way into the good connection.
      entry: { ...good, server: apiProxy.server, name: 'wrong-token', token: 'no-such-token' },
      fault: 'wrong token for the API server',
      codes: ['MT-K-07'],
    },
    {
      entry: at('web-site', await serve(SERVER, html)),
      fault: 'something else than an API server answers',
      codes: ['MT-K-13'],
    },
    {
      entry: at('unavailable', await serve(SERVER, away)),
      fault: 'a proxy without an API server behind it',
      codes: ['MT-K-12'],
    },
  ];
}

let broken: Awaited<ReturnType<typeof brokenContexts>>;
let rules: Rule[];

beforeAll(async () => {
  world = await startWorld({ family: 'meshery', generation: 'new' });
  const { controlPlane } = world;
  await world.install();
  rules = observerRules(world.names.group);
  await permit(controlPlane.api, 'viewer', rules);
  // Without the Broker’s Secret, and without the identity of the cluster: a connection of its own.
  await permit(controlPlane.api, 'stranger', strangerRules(['secrets', 'namespaces']));
  const { hostname, port } = new URL(controlPlane.server);
  const target = { host: hostname, port: Number(port) };
  way = await startTcpProxy({ target });
  strangerWay = await startTcpProxy({ target });
  good = {
    server: `https://127.0.0.1:${way.port}`,
    caData: controlPlane.caData,
    token: controlPlane.tokens.viewer,
  };
  broken = await brokenContexts();
  kubeconfigPath = await writeKubeconfig({
    folder: controlPlane.folder,
    contexts: [
      { ...good, name: 'main' },
      // By a way of its own: what may not tell its identity is told apart by where it leads.
      {
        ...good,
        name: 'no-secret',
        server: `https://127.0.0.1:${strangerWay.port}`,
        token: controlPlane.tokens.stranger,
      },
      ...broken.map(({ entry }) => entry),
    ],
  });
  clock = createProductClock(controlPlane.folder);
  product = await startProduct({ kubeconfigPath, env: clock.env });
  browser = await startBrowser();
  verdicts = createVerdicts({ product, page: await browser.open(product.url) });
  await verdicts.well('the start', 'main');
}, 240_000);

afterAll(async () => {
  console.log(verdicts.report());
  await browser.close();
  await product.stop();
  await blackHole.stop();
  await way.stop();
  await strangerWay.stop();
  await apiProxy.stop();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await world.stop();
}, 30_000);

function strangerRules(without: readonly string[]): Rule[] {
  return rules.filter(({ resources }) => !resources.some((resource) => without.includes(resource)));
}

/** Ends every connection to the API server, as a proxy on the way does now and then. */
async function cut(): Promise<void> {
  await way.setMode('refuse');
  await way.setMode('pass');
}

/** The rules with one verb of one resource taken away. */
function rulesWithout(resource: string, verb: string): Rule[] {
  return rules.map((rule) =>
    rule.resources.includes(resource) ? { ...rule, verbs: rule.verbs.filter((one) => one !== verb) } : rule,
  );
}

describe('the way to the API server', () => {
  it('is broken in ten ways at once, each told apart, while the good connection stays well', async () => {
    for (const { entry, ...wanted } of broken) await verdicts.named({ ...wanted, connection: entry.name });
    await verdicts.well('ten broken neighbours', 'main');
  }, 300_000);
});

describe('permissions, one verb at a time', () => {
  it.each([
    ['list', 'deployments', 'list deployments.apps', 'MT-K-15'],
    ['watch', 'deployments', 'watch deployments.apps', 'MT-K-15'],
    ['list', 'statefulsets', 'list statefulsets.apps', 'MT-K-15'],
    ['list', 'brokers', 'list brokers.meshery.io', 'MT-K-15'],
    ['watch', 'meshsyncs', 'watch meshsyncs.meshery.io', 'MT-K-15'],
    ['list', 'pods', 'list pods', 'MT-K-23'],
    ['watch', 'services', 'watch services', 'MT-K-23'],
  ])('%s %s', async (verb, resource, says, code) => {
    const fault = `may not ${verb} ${resource}`;
    await permit(world.controlPlane.api, 'viewer', rulesWithout(resource, verb));
    // A watch that is open stays allowed until it ends, as with any API server; a new one is not.
    if (verb === 'watch') await cut();
    const { rootCause } = await verdicts.named({ fault, codes: [code], says, connection: 'main' });
    expect(rootCause?.summary).toContain(says);
    await permit(world.controlPlane.api, 'viewer', rules);
    await verdicts.well(fault, 'main');
  });

  it('the Broker’s Secret, and then the identity of the cluster', async () => {
    const { api } = world.controlPlane;
    await verdicts.named({
      fault: 'may not get the Broker’s Secret',
      codes: ['MT-B-16'],
      connection: 'no-secret',
    });
    await permit(api, 'stranger', strangerRules(['namespaces']));
    await verdicts.named({
      fault: 'may not get the namespace kube-system',
      codes: ['MT-K-20'],
      connection: 'no-secret',
    });
    await permit(api, 'stranger', rules);
    await waitFor(
      'both contexts are one connection',
      async () => !(await product.connections()).some(({ name }) => name === 'no-secret'),
      { timeoutMs: 45_000 },
    );
  });
});

describe('the repair', () => {
  it('of the kubeconfig makes every context a way into the one healthy connection', async () => {
    await writeKubeconfig({
      path: kubeconfigPath,
      contexts: ['main', ...broken.map(({ entry }) => entry.name)].map((name) => ({ ...good, name })),
    });
    await product.call('kubeconfigRediscover', {});
    await waitFor(
      'one connection is left',
      async () => {
        const connections = await product.connections();
        return connections.length === 1 && connections[0]?.health === 'healthy';
      },
      { timeoutMs: 45_000 },
    );
    const [only] = await product.connections();
    const view = await product.connection(only?.id ?? '');
    expect(view.waysIn.map(({ context }) => context).toSorted()).toEqual(
      ['main', ...broken.map(({ entry }) => entry.name)].toSorted(),
    );
    // The links of the contexts that were apart until now may still be in the Broker’s list for a moment.
    await verdicts.well('the repair of the kubeconfig');
  });
});
