import type { ByteStream } from '../../services/ports.ts';
import type { NatsServer } from './nats-server.ts';

/** What answers at an address: one port of one NATS server. */
export interface Endpoint {
  readonly server: NatsServer;
  readonly port: 'client' | 'monitor';
}

/** What comes of dialling an address of the simulated network. */
export type Dialled =
  | { readonly outcome: 'answered'; readonly endpoint: Endpoint }
  | { readonly outcome: 'refused' | 'timeout' | 'unreachable' | 'dns' };

/** The addresses between the simulated clusters and this server. */
export interface Network {
  /** Who answers for a host, asked anew for each dial; several clusters may claim one host, the first one answers. */
  claim(host: string, dial: (port: number) => Dialled): () => void;
  dial(host: string, port: number): Dialled;
  owns(host: string): boolean;
  /** A stream that was opened through an API server, and what is at its other end. */
  attach(stream: ByteStream, endpoint: Endpoint): void;
  endpointOf(stream: ByteStream): Endpoint | undefined;
}

export function createNetwork(): Network {
  const claims = new Map<string, Set<(port: number) => Dialled>>();
  const streams = new WeakMap<ByteStream, Endpoint>();
  return {
    claim: (host, dial) => {
      const known = claims.get(host) ?? new Set();
      known.add(dial);
      claims.set(host, known);
      return () => {
        known.delete(dial);
        if (known.size === 0 && claims.get(host) === known) claims.delete(host);
      };
    },
    dial: (host, port) => {
      const known = claims.get(host);
      if (known === undefined) return { outcome: 'dns' };
      let refusal: Dialled = { outcome: 'refused' };
      for (const dial of known) {
        const dialled = dial(port);
        if (dialled.outcome === 'answered') return dialled;
        refusal = dialled;
      }
      return refusal;
    },
    owns: (host) => claims.has(host),
    attach: (stream, endpoint) => {
      streams.set(stream, endpoint);
    },
    endpointOf: (stream) => streams.get(stream),
  };
}
