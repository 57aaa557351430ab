import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { Duplex } from 'node:stream';
import type { Failure } from '../../api/evidence.ts';
import type { ByteStream, Route } from '../../services/ports.ts';
import { BrokerError } from '../../services/ports.ts';
import { addressOf } from './address.ts';
import { failureOf } from './failure.ts';

/** `/connz` of a thousand clients with their subscriptions is some 2 MB. */
const LARGEST_BYTES = 8 * 1024 * 1024;

/** `GET` on a NATS monitoring port: parsed JSON. Redirects are not followed. Throws `BrokerError`. */
export async function readMonitor(
  route: Route,
  where: string,
  path: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const limit = AbortSignal.timeout(timeoutMs);
  const stop = signal === undefined ? limit : AbortSignal.any([limit, signal]);
  let stream: ByteStream | undefined;
  try {
    if (route.kind === 'stream') stream = await unlessAborted(route.open(stop), stop);
    const body = await get(route, stream, path, where, stop);
    return JSON.parse(body);
  } catch (cause) {
    throw new BrokerError(explain(cause, where, timeoutMs, limit), cause);
  } finally {
    stream?.close();
  }
}

function explain(cause: unknown, where: string, timeoutMs: number, limit: AbortSignal): Failure {
  if (limit.aborted) {
    return {
      kind: 'timeout',
      message: `The monitoring port ${where} did not answer within ${timeoutMs} ms.`,
    };
  }
  if (cause instanceof SyntaxError) {
    return {
      kind: 'protocol',
      message: `What answers at ${where} is not a NATS monitoring port: it sends no JSON.`,
    };
  }
  const isHttp = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('HPE_');
  if (isHttp) return { kind: 'protocol', message: `What answers at ${where} does not speak HTTP.` };
  return failureOf(cause, where);
}

async function get(
  route: Route,
  stream: ByteStream | undefined,
  path: string,
  where: string,
  signal: AbortSignal,
): Promise<string> {
  // With an agent, even `false`, `createConnection` would not be asked.
  const through =
    stream === undefined ? { agent: false as const } : { createConnection: () => Duplex.fromWeb(stream) };
  if (route.kind === 'address') addressOf(route.host, route.port);
  const target =
    route.kind === 'address' ? { host: route.host, port: route.port } : { host: 'localhost', port: 80 };
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request({
      ...target,
      ...through,
      path,
      signal,
      headers: { accept: 'application/json', connection: 'close' },
    });
    sent.once('response', resolve);
    sent.once('error', reject);
    sent.end();
  });
  if (reply.statusCode !== 200) {
    reply.destroy();
    const message = `What answers at ${where} is not a NATS monitoring port: ${path} gives HTTP ${reply.statusCode}.`;
    throw new BrokerError({ kind: 'protocol', message });
  }
  return readAll(reply, where);
}

async function readAll(reply: IncomingMessage, where: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > LARGEST_BYTES) {
      reply.destroy();
      throw new BrokerError({
        kind: 'protocol',
        message: `The reply of ${where} is larger than ${LARGEST_BYTES} bytes.`,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A stream that opens after the caller has given up is closed again. */
async function unlessAborted(opening: Promise<ByteStream>, signal: AbortSignal): Promise<ByteStream> {
  const { promise, reject } = Promise.withResolvers<never>();
  const refuse = () => reject(signal.reason);
  if (signal.aborted) refuse();
  signal.addEventListener('abort', refuse, { once: true });
  try {
    return await Promise.race([opening, promise]);
  } catch (error) {
    opening.then((late) => late.close()).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', refuse);
  }
}
