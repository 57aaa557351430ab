import type { BrokerConnector, BrokerSession, Clock, Route } from '../../services/ports.ts';
import { BrokerError, ClusterError } from '../../services/ports.ts';
import type { NatsClient } from './nats-server.ts';
import type { Endpoint, Network } from './network.ts';

const QUICK_MS = 10;

/** The way from this server to the Brokers of the simulated clusters. */
export function createSandboxConnector(network: Network, clock: Clock): BrokerConnector {
  return {
    connect: async ({ route, token, name, timeoutMs }, signal) => {
      const { endpoint, release } = await reach(network, clock, route, timeoutMs, signal);
      if (endpoint.port !== 'client') {
        release();
        throw new BrokerError({
          kind: 'protocol',
          message: `${labelOf(route)} answered, but not as a NATS server.`,
        });
      }
      if (endpoint.server.isFrozen) {
        await silence(clock, timeoutMs, signal);
        release();
        throw new BrokerError({
          kind: 'timeout',
          message: `${labelOf(route)} accepted the connection and said nothing.`,
        });
      }
      if (endpoint.server.isTlsRequired) {
        release();
        throw new BrokerError({
          kind: 'tls',
          message: `${labelOf(route)} asks for TLS with a certificate that this server does not know.`,
        });
      }
      const client = endpoint.server.connect({ name, token, ip: '198.51.100.7' });
      if (client === undefined) {
        release();
        throw new BrokerError({
          kind: 'auth',
          message: 'The Broker refused the token: authorization violation.',
        });
      }
      return sessionOf(client, clock, release);
    },
    monitor: async ({ route, path, timeoutMs }, signal) => {
      const { endpoint, release } = await reach(network, clock, route, timeoutMs, signal);
      try {
        if (endpoint.port !== 'monitor') {
          throw new BrokerError({
            kind: 'protocol',
            message: `${labelOf(route)} answered, but not with HTTP.`,
          });
        }
        if (endpoint.server.isFrozen) {
          await silence(clock, timeoutMs, signal);
          throw new BrokerError({ kind: 'timeout', message: `${labelOf(route)} did not answer ${path}.` });
        }
        const document = endpoint.server.monitor(path);
        if (document === undefined) {
          throw new BrokerError({ kind: 'not-found', message: `${labelOf(route)} has no ${path}.` });
        }
        return document;
      } finally {
        release();
      }
    },
  };
}

async function reach(
  network: Network,
  clock: Clock,
  route: Route,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<{ endpoint: Endpoint; release: () => void }> {
  if (signal?.aborted === true) throw givenUp(signal);
  if (route.kind === 'stream') {
    try {
      const stream = await route.open(signal);
      const endpoint = network.endpointOf(stream);
      if (endpoint !== undefined) return { endpoint, release: () => stream.close() };
      stream.close();
    } catch (error) {
      const failure = error instanceof ClusterError ? error.failure : undefined;
      throw new BrokerError(
        failure ?? { kind: 'other', message: `${route.label} could not be opened.` },
        error,
      );
    }
    throw new BrokerError({ kind: 'refused', message: `Nothing listens behind ${route.label}.` });
  }
  const dialled = network.dial(route.host, route.port);
  switch (dialled.outcome) {
    case 'answered':
      return { endpoint: dialled.endpoint, release: () => undefined };
    case 'timeout':
      await silence(clock, timeoutMs, signal);
      throw new BrokerError({
        kind: 'timeout',
        message: `${labelOf(route)} did not answer within ${timeoutMs} ms.`,
      });
    case 'refused':
      throw new BrokerError({ kind: 'refused', message: `${labelOf(route)} refused the connection.` });
    case 'unreachable':
      throw new BrokerError({
        kind: 'unreachable',
        message: `There is no route from this server to ${labelOf(route)}.`,
      });
    case 'dns':
      throw new BrokerError({ kind: 'dns', message: `The name ${route.host} is not known.` });
  }
}

function sessionOf(client: NatsClient, clock: Clock, release: () => void): BrokerSession {
  return {
    info: client.info,
    subscribe: (subject, onMessage) => client.subscribe(subject, onMessage),
    publish: client.publish,
    roundTrip: async (timeoutMs) => {
      const pingMs = client.pingMs();
      if (pingMs !== undefined && pingMs < timeoutMs) {
        // What is quick is not waited for: a thousand links would wake the process for nothing.
        if (pingMs > QUICK_MS) await clock.sleep(pingMs);
        return pingMs;
      }
      await clock.sleep(timeoutMs);
      throw new BrokerError({
        kind: 'timeout',
        message: `The Broker did not answer a ping within ${timeoutMs} ms.`,
      });
    },
    closed: client.closed.finally(release),
    close: async () => {
      client.close();
      await client.closed;
    },
  };
}

async function silence(clock: Clock, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await clock.sleep(timeoutMs, signal);
  } catch (error) {
    if (signal?.aborted === true) throw givenUp(signal);
    throw error;
  }
}

function givenUp(signal: AbortSignal): BrokerError {
  return new BrokerError({ kind: 'timeout', message: 'The attempt was given up.' }, signal.reason);
}

function labelOf(route: Route): string {
  return route.kind === 'address' ? `${route.host}:${route.port}` : route.label;
}
