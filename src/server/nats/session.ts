import type { NatsConnection } from '@nats-io/transport-node';
import type { Failure } from '../../api/evidence.ts';
import type { BrokerInfo, BrokerSession, Log } from '../../services/ports.ts';
import { BrokerError } from '../../services/ports.ts';
import { failureOf } from './failure.ts';

/** Wraps a connection that is up. `release` is called once, when it has ended, for what was opened for it. */
export function createSession(
  connection: NatsConnection,
  where: string,
  log: Log,
  release: () => void,
): BrokerSession {
  let isClosing = false;
  let ended: Failure | undefined;

  const closed = connection.closed().then((error): Failure | undefined => {
    release();
    if (ended !== undefined) return ended;
    if (isClosing) return undefined;
    if (error instanceof Error) return failureOf(error, where);
    return { kind: 'unreachable', message: `${where} closed the connection.` };
  });

  const end = async (failure: Failure | undefined) => {
    if (isClosing) return;
    isClosing = true;
    ended = failure;
    await connection.close();
  };

  return {
    info: infoOf(connection),
    closed,

    subscribe(subject, onMessage) {
      connection.subscribe(subject, {
        callback: (error, message) => {
          if (error !== null) {
            void end(failureOf(error, where));
            return;
          }
          try {
            onMessage(message.subject, message.data);
          } catch (cause) {
            // One subscriber’s mistake must not cost the others their messages.
            log.error({ err: cause, subject }, 'a subscriber failed on a message');
          }
        },
      });
    },

    publish(subject, body) {
      try {
        connection.publish(subject, body);
      } catch (cause) {
        throw new BrokerError(failureOf(cause, where), cause);
      }
    },

    async roundTrip(timeoutMs) {
      const silence = deadline(timeoutMs, `${where} did not answer a ping within ${timeoutMs} ms.`);
      const startedAt = performance.now();
      try {
        const pong = connection.flush();
        // After a timeout the answer, or its absence, interests nobody any more.
        pong.catch(() => undefined);
        await Promise.race([pong, silence.expired, closed.then((failure) => gone(failure, where))]);
        return performance.now() - startedAt;
      } catch (cause) {
        throw cause instanceof BrokerError ? cause : new BrokerError(failureOf(cause, where), cause);
      } finally {
        silence.cancel();
      }
    },

    async close() {
      await end(undefined);
      await closed;
    },
  };
}

function gone(failure: Failure | undefined, where: string): never {
  throw new BrokerError(failure ?? { kind: 'other', message: `The session with ${where} was closed.` });
}

/** A promise that rejects with `BrokerError` of kind `timeout` after `timeoutMs`, unless it is cancelled first. */
export function deadline(
  timeoutMs: number,
  message: string,
): { expired: Promise<never>; cancel: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new BrokerError({ kind: 'timeout', message })), timeoutMs);
  return { expired: promise, cancel: () => clearTimeout(timer) };
}

function infoOf(connection: NatsConnection): BrokerInfo {
  const info = connection.info;
  return {
    serverId: info?.server_id ?? '',
    serverName: info?.server_name ?? '',
    version: info?.version ?? '',
    isAuthRequired: info?.auth_required ?? false,
    maxPayload: info?.max_payload ?? 0,
    clientId: info?.client_id ?? 0,
  };
}
