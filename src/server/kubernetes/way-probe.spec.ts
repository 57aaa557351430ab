import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ClusterError, type WayProbe } from '../../services/ports.ts';
import type { Endpoint } from './endpoint.ts';
import { startFakeApiServer } from './fake-api-server.ts';
import { proxyPlace } from './proxy-tunnel.ts';
import { ELSEWHERE, EXPIRED, SERVER } from './test-certificates.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Patient: a busy machine fails no test. */
const signal = () => AbortSignal.timeout(30_000);

/** The way to an API server with this certificate. */
async function wayTo(tls: { cert: string; key: string }, part: Partial<Endpoint> = {}) {
  const server = await startFakeApiServer({
    protocol: 'h2',
    tls,
    handle: (_, reply) => reply.status(200, { gitVersion: 'v1' }),
  });
  closers.push(() => server.close());
  const api = server.access(part).open();
  closers.push(() => api.close());
  const { way } = api;
  if (way === undefined) throw new Error('it tells nothing of the way');
  return { way, server };
}

/** A proxy that answers CONNECT with this status, or, where it is 200, leads every name to `port`. */
async function startProxy(status: number, port = 0): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const sockets = new Set<net.Socket>();
  const proxy = http.createServer();
  proxy.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  proxy.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
    asked.push(request.url ?? '');
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const onward = net.connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    sockets.add(onward);
    onward.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    const closed = new Promise((resolve) => proxy.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return { port: (proxy.address() as net.AddressInfo).port, asked };
}

async function refusalOf(asked: Promise<unknown>): Promise<ClusterError> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof ClusterError) return error;
    throw error;
  }
  throw new Error('it was expected to fail');
}

describe('the way to an API server', () => {
  it('resolves, dials and shows the certificate, step by step', async () => {
    const { way, server } = await wayTo(SERVER);
    expect(way.proxy).toBeUndefined();
    expect(await way.resolve(signal())).toEqual(['127.0.0.1']);
    expect(await way.dial(signal())).toBeGreaterThan(0);
    const answer = await way.shakeHands(signal());
    expect(answer).toMatchObject({
      names: ['DNS:localhost', 'IP Address:127.0.0.1'],
      wantedName: '127.0.0.1',
      isMadeOutToIt: true,
    });
    expect(answer.distrust).toBeUndefined();
    // The steps are looked at alone: no request was made, and nothing is left open.
    expect(server.seen).toEqual([]);
    await expect.poll(() => server.sockets.filter((one) => !one.destroyed).length).toBe(0);
  });

  it('looks for the name that tls-server-name says', async () => {
    const elsewhere = await (await wayTo(ELSEWHERE)).way.shakeHands(signal());
    expect(elsewhere).toMatchObject({ names: ['DNS:elsewhere.test'], isMadeOutToIt: false });
    expect(elsewhere.distrust).toBeUndefined();
    const named = (await wayTo(ELSEWHERE, { serverName: 'elsewhere.test' })).way;
    expect(await named.shakeHands(signal())).toMatchObject({
      wantedName: 'elsewhere.test',
      isMadeOutToIt: true,
    });
    const wrong = (await wayTo(SERVER, { serverName: 'elsewhere.test' })).way;
    expect(await wrong.shakeHands(signal())).toMatchObject({ isMadeOutToIt: false });
  });

  it('tells a certificate that nobody vouches for from one that has expired', async () => {
    const stranger = (await wayTo(SERVER, { authority: undefined })).way;
    expect((await stranger.shakeHands(signal())).distrust).toMatch(/^it is signed by an authority/);
    const expired = await (await wayTo(EXPIRED)).way.shakeHands(signal());
    expect(expired.distrust).toBeUndefined();
    expect(Date.parse(expired.validTo)).toBeLessThan(Date.now());
  });

  it('leads through the proxy, which alone resolves the name', async () => {
    const { server } = await wayTo(ELSEWHERE);
    const proxy = await startProxy(200, server.port);
    const api = server
      .access({
        // RFC 6761: this name is resolved by nobody.
        server: 'https://elsewhere.test:6443',
        proxyUrl: `http://user:secret@127.0.0.1:${proxy.port}`,
      })
      .open();
    closers.push(() => api.close());
    const way = api.way as WayProbe;
    expect(way.proxy).toBe(`127.0.0.1:${proxy.port}`);
    await way.askProxy(signal());
    await way.dial(signal());
    expect(await way.shakeHands(signal())).toMatchObject({
      wantedName: 'elsewhere.test',
      isMadeOutToIt: true,
    });
    expect(await api.version()).toBe('v1');
    expect(new Set(proxy.asked)).toEqual(new Set(['elsewhere.test:6443']));
  });

  it.each([
    [407, 'proxy-auth', 'does not accept the user name and password'],
    [403, 'proxy', 'does not let 127.0.0.1'],
    [502, 'proxy', 'could not reach 127.0.0.1'],
    [503, 'proxy', 'could not reach 127.0.0.1'],
    [504, 'proxy', 'could not reach 127.0.0.1'],
  ])('says what a proxy means by %s, without its password', async (status, kind, words) => {
    const proxy = await startProxy(status);
    const { way } = await wayTo(SERVER, { proxyUrl: `http://user:secret@127.0.0.1:${proxy.port}` });
    for (const asked of [way.askProxy(signal()), way.dial(signal()), way.shakeHands(signal())]) {
      const error = await refusalOf(asked);
      expect(error).toMatchObject({ status, failure: { kind } });
      expect(error.message).toContain(words);
      expect(error.message).not.toContain('secret');
    }
  });

  it.each([
    ['http://nobody.invalid:3128', 'its name cannot be resolved'],
    ['http://127.0.0.1:1', 'nothing listens there'],
  ])('says why the proxy %s cannot be reached', async (proxyUrl, words) => {
    const { way } = await wayTo(SERVER, { proxyUrl });
    const error = await refusalOf(way.askProxy(signal()));
    expect(error.failure.kind).toBe('proxy');
    expect(error.message).toContain(words);
  });

  it('says that what answers is no proxy', async () => {
    const server = net.createServer((socket) => socket.resume().end('220 mail ready\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(() => resolve())));
    const { port } = server.address() as net.AddressInfo;
    const { way } = await wayTo(SERVER, { proxyUrl: `http://127.0.0.1:${port}` });
    expect((await refusalOf(way.askProxy(signal()))).message).toContain('does not answer as a proxy does');
  });
});

describe('the place of a proxy', () => {
  it.each([
    ['http://user:secret@proxy.test:3128/', 'proxy.test:3128'],
    ['http://proxy.test', 'proxy.test:80'],
    ['https://proxy.test', 'proxy.test:443'],
    ['http://[fd00::1]:3128', '[fd00::1]:3128'],
    ['not a URL', undefined],
    [undefined, undefined],
  ])('of %j is %j', (url, place) => {
    expect(proxyPlace(url)).toBe(place);
  });
});
