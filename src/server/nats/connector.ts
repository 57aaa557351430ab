import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import { connect } from '@nats-io/transport-node';
import type { BrokerConnector, BrokerSession, Log, Route } from '../../services/ports.ts';
import { BrokerError } from '../../services/ports.ts';
import { addressOf } from './address.ts';
import { readBanner } from './banner.ts';
import { failureOf } from './failure.ts';
import { openLoopback } from './loopback.ts';
import { readMonitor } from './monitor.ts';
import { keepReaderQuiet } from './reader-words.ts';
import { createSession, deadline } from './session.ts';

/** The real Broker connector: one attempt a call, no reconnecting, nothing shared between sessions. */
export function createBrokerConnector(log: Log): BrokerConnector {
  keepReaderQuiet(log);
  return {
    async connect({ route, token, name, timeoutMs }, signal) {
      const where = placeOf(route);
      const limit = deadline(timeoutMs, `${where} did not answer as a NATS server within ${timeoutMs} ms.`);
      const stop = new AbortController();
      const attempt = open(route, { token, name, timeoutMs }, where, log, stop.signal);
      try {
        return await Promise.race([attempt, limit.expired, aborted(signal, stop.signal)]);
      } catch (cause) {
        stop.abort();
        // The client cannot be told to give up; when it succeeds after all, that session is not wanted any more.
        attempt.then((late) => late.close()).catch(() => undefined);
        throw cause instanceof BrokerError
          ? cause
          : new BrokerError(await explain(cause, route, where), cause);
      } finally {
        limit.cancel();
        stop.abort();
      }
    },

    async monitor({ route, path, timeoutMs }, signal) {
      return readMonitor(route, placeOf(route), path, timeoutMs, signal);
    },
  };
}

interface Dial {
  readonly token: string | undefined;
  readonly name: string;
  readonly timeoutMs: number;
}

async function open(
  route: Route,
  dial: Dial,
  where: string,
  log: Log,
  signal: AbortSignal,
): Promise<BrokerSession> {
  switch (route.kind) {
    case 'address':
      return createSession(
        await dialNats(addressOf(route.host, route.port), dial),
        where,
        log,
        () => undefined,
      );
    case 'stream': {
      const stream = await route.open(signal);
      if (signal.aborted) {
        stream.close();
        throw new BrokerError({ kind: 'timeout', message: `${where} opened too late.` });
      }
      const door = await openLoopback(stream);
      try {
        return createSession(await dialNats(`127.0.0.1:${door.port}`, dial), where, log, door.close);
      } catch (error) {
        door.close();
        throw error;
      }
    }
  }
}

async function dialNats(server: string, { token, name, timeoutMs }: Dial): Promise<NatsConnection> {
  const options: ConnectionOptions & { resolve: boolean } = {
    servers: server,
    name,
    timeout: timeoutMs,
    reconnect: false,
    maxReconnectAttempts: 0,
    // Other servers a Broker tells of are not this cluster’s until proven.
    ignoreClusterUpdates: true,
    // Node resolves the name itself and tries its addresses together, within the one time limit.
    resolve: false,
    ...(token === undefined ? {} : { token }),
  };
  return connect(options);
}

/** Rejects when the caller gives up; settles nothing otherwise. */
function aborted(signal: AbortSignal | undefined, done: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const refuse = () => {
    reject(new BrokerError({ kind: 'other', message: 'The attempt was given up.' }, signal?.reason));
  };
  if (signal?.aborted === true) refuse();
  signal?.addEventListener('abort', refuse, { once: true, signal: done });
  return promise;
}

/** Quotes what answered where a person expected a Broker. */
async function explain(cause: unknown, route: Route, where: string) {
  const failure = failureOf(cause, where);
  if (failure.kind !== 'protocol' || route.kind !== 'address') return failure;
  const banner = await readBanner(route.host, route.port);
  return banner === undefined ? failure : { ...failure, message: `${failure.message} It says “${banner}”.` };
}

function placeOf(route: Route): string {
  return route.kind === 'address' ? `${route.host}:${route.port}` : route.label;
}
