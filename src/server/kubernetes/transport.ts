import type { Socket } from 'node:net';
import { Pool } from 'undici';
import type { Dispatcher, buildConnector } from 'undici';
import type { Credentials, Proof } from './credentials.ts';
import type { Dialler } from './dialler.ts';
import type { Timeouts } from './endpoint.ts';
import { clusterError, codeOf, fromTransport } from './failure.ts';

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly accept?: string | undefined;
  readonly contentType?: string | undefined;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** The `Date` header: what time it is there, to the second. */
  readonly date: string | undefined;
  readonly secrets: readonly string[];
}

export interface StreamReply {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
  readonly secrets: readonly string[];
}

/** HTTP to one API server. Throws `ClusterError` for what happens below HTTP; every status is an answer. */
export interface Transport {
  readonly host: string;
  /** Reads the whole reply, within the time for one request. */
  ask(request: Ask): Promise<Reply>;
  /** A reply that may be silent for as long as it likes. */
  stream(request: Ask): Promise<StreamReply>;
  proof(): Promise<Proof>;
  close(): Promise<void>;
}

/** The pool, and what is known of its connections. */
interface Connections {
  readonly pool: Pool;
  readonly mark: string;
  readonly dial: () => Promise<Socket>;
  isHttp2: boolean;
  /** The first connection is being made. */
  reaching: Promise<void> | undefined;
  /** Connected, and not yet taken by the pool. */
  spare: Socket | undefined;
}

/** No list of ours comes near; a server that sends more means harm. */
const REPLY_MAX_BYTES = 67_108_864;

/**
 * One pool of connections. Where the server speaks HTTP/2 the pool keeps to one connection for everything, watches
 * included; with HTTP/1.1 each watch has its own socket, so a watch never stands in the way of a request.
 */
export function createTransport(
  dialler: Dialler,
  origin: string,
  credentials: Credentials,
  timeouts: Timeouts,
): Transport {
  let current: Connections | undefined;
  const retired = new Set<Pool>();
  let isClosed = false;

  function connectionsFor({ certificate }: Proof): Connections {
    if (isClosed) throw clusterError('other', `The connection to ${dialler.host} was closed.`);
    // The client certificate belongs to the connection: a new one needs new connections.
    const mark = certificate === undefined ? '' : certificate.cert + certificate.key;
    if (current?.mark === mark) return current;
    if (current !== undefined) retire(current);
    current = open(certificate, mark);
    return current;
  }

  function open(certificate: Proof['certificate'], mark: string): Connections {
    const dial = async () => {
      const socket = await dialler.dial({ certificate, isHttp2Offered: true });
      made.isHttp2 = 'alpnProtocol' in socket && socket.alpnProtocol === 'h2';
      return socket;
    };
    const connect = async (callback: buildConnector.Callback) => {
      let socket = made.spare;
      made.spare = undefined;
      if (socket === undefined || socket.destroyed) {
        try {
          socket = await dial();
        } catch (error) {
          callback(error instanceof Error ? error : new Error('not connected', { cause: error }), null);
          return;
        }
      }
      // Never at once: undici does not look at its queue again when it is called back from inside of it.
      const ready = socket;
      queueMicrotask(() => callback(null, ready));
    };
    const made: Connections = {
      mark,
      isHttp2: false,
      dial,
      reaching: undefined,
      spare: undefined,
      pool: new Pool(origin, {
        connect: (_options, callback) => void connect(callback),
        connections: null,
        headersTimeout: timeouts.headersMs,
        bodyTimeout: timeouts.bodyMs,
        keepAliveTimeout: 30_000,
        h2Options: { pingInterval: timeouts.pingMs, maxConcurrentStreams: 1_000 },
      }),
    };
    return made;
  }

  /**
   * Waits until there is a connection. The first one is dialled here, once for all who wait, because the pool tries a
   * server that cannot be reached once for each request in turn: a dozen watches would wait a dozen limits long.
   */
  async function reach(made: Connections, signal: AbortSignal | undefined): Promise<void> {
    if (made.pool.stats.connected > 0) return;
    made.reaching ??= spareFor(made).finally(() => {
      made.reaching = undefined;
    });
    await unlessAborted(made.reaching, signal);
  }

  async function spareFor(made: Connections): Promise<void> {
    const socket = await made.dial();
    // Another request may have connected meanwhile, or everything was closed.
    if (isClosed || (made.isHttp2 && made.pool.stats.connected > 0)) {
      socket.destroy();
      return;
    }
    made.spare?.destroy();
    made.spare = socket;
  }

  /** Lets what runs on the pool end; nothing new is sent on it. */
  function retire({ pool, spare }: Connections): void {
    spare?.destroy();
    retired.add(pool);
    // A failure to close means that it is closed.
    void pool
      .close()
      .catch(() => undefined)
      .finally(() => retired.delete(pool));
  }

  async function send(request: Ask, limits: { bodyTimeout?: number; signal: AbortSignal | undefined }) {
    const proof = await credentials.current();
    const made = connectionsFor(proof);
    const { pool } = made;
    try {
      await reach(made, limits.signal);
      const reply = await pool.request({
        method: request.method,
        path: request.path,
        headers: {
          accept: request.accept ?? 'application/json',
          'user-agent': 'meshplay-troubleshooter',
          ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
          ...proof.headers,
        },
        ...(request.body === undefined ? {} : { body: request.body }),
        ...(limits.signal === undefined ? {} : { signal: limits.signal }),
        ...(limits.bodyTimeout === undefined ? {} : { bodyTimeout: limits.bodyTimeout }),
      });
      if (reply.statusCode === 401) credentials.refused();
      return { reply, proof, pool };
    } catch (error) {
      suspect(pool, error);
      throw fromTransport(error, dialler.host);
    }
  }

  /**
   * A request that ran out of time may mean that the peer is gone. HTTP/2 finds out by a ping (undici does it) and
   * ends the connection with its watches; HTTP/1.1 has no ping, so there the watches are ended to prove themselves anew.
   */
  function suspect(pool: Pool, error: unknown): void {
    const code = codeOf(error);
    if (code !== 'UND_ERR_HEADERS_TIMEOUT' && code !== 'UND_ERR_BODY_TIMEOUT') return;
    if (current?.pool !== pool || current.isHttp2) return;
    current = undefined;
    void pool.destroy(
      clusterError('unreachable', `${dialler.host} stopped answering, so the connection was given up.`),
    );
  }

  return {
    host: dialler.host,
    proof: () => credentials.current(),
    async ask(request) {
      const limit = AbortSignal.timeout(timeouts.totalMs);
      const signal = request.signal === undefined ? limit : AbortSignal.any([request.signal, limit]);
      const { reply, proof, pool } = await send(request, { signal });
      try {
        return {
          status: reply.statusCode,
          body: await readAll(reply.body, dialler.host),
          date: typeof reply.headers.date === 'string' ? reply.headers.date : undefined,
          secrets: proof.secrets,
        };
      } catch (error) {
        suspect(pool, error);
        throw fromTransport(error, dialler.host);
      }
    },
    async stream(request) {
      const { reply, proof } = await send(request, { signal: request.signal, bodyTimeout: 0 });
      return { status: reply.statusCode, body: reply.body, secrets: proof.secrets };
    },
    async close() {
      isClosed = true;
      const pools = [...retired, ...(current === undefined ? [] : [current.pool])];
      current?.spare?.destroy();
      current = undefined;
      await Promise.all(
        pools.map((pool) =>
          pool.destroy(clusterError('other', `The connection to ${dialler.host} was closed.`)),
        ),
      );
    },
  };
}

async function readAll(body: Dispatcher.ResponseData['body'], host: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > REPLY_MAX_BYTES)
      throw clusterError('protocol', `${host} sent an answer far larger than any that was asked for.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unlessAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () =>
      reject(signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
