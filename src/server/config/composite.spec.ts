import { describe, expect, it } from 'vitest';
import type { BrokerConnector, ByteStream, Route } from '../../services/ports.ts';
import { BrokerError } from '../../services/ports.ts';
import { compositeBrokers, compositeKubeconfigs } from './composite.ts';

/** Answers every monitor request with its own name; opens streams as the real ones do. */
function named(name: string): BrokerConnector {
  return {
    connect: () => Promise.reject(new BrokerError({ kind: 'other', message: name })),
    async monitor({ route }) {
      if (route.kind === 'address') return name;
      try {
        await route.open();
      } catch (cause) {
        throw new BrokerError({ kind: 'other', message: `${name} could not open it` }, cause);
      }
      return name;
    },
  };
}

function byteStream(): ByteStream & { isClosed: boolean } {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const stream = {
    readable,
    writable,
    isClosed: false,
    close: () => {
      stream.isClosed = true;
    },
  };
  return stream;
}

const simulated = byteStream();
const brokers = compositeBrokers(named('real'), {
  kubeconfigs: { discover: async () => ({ paths: [], contexts: [] }) },
  brokers: named('simulated'),
  ownsHost: (host) => host === '198.18.0.1',
  ownsStream: (stream) => stream === simulated,
});
const ask = (route: Route) => brokers.monitor({ route, path: '/varz', timeoutMs: 1000 });

describe('compositeBrokers', () => {
  it('chooses by the host of an address', async () => {
    expect(await ask({ kind: 'address', host: '198.18.0.1', port: 4222 })).toBe('simulated');
    expect(await ask({ kind: 'address', host: '10.0.0.1', port: 4222 })).toBe('real');
  });

  it('chooses by whose stream was opened, and opens it once', async () => {
    let opened = 0;
    const through = (stream: ByteStream): Route => ({
      kind: 'stream',
      label: 'port-forward',
      async open() {
        opened += 1;
        return stream;
      },
    });
    expect(await ask(through(simulated))).toBe('simulated');
    expect(await ask(through(byteStream()))).toBe('real');
    expect(opened).toBe(2);
  });

  it('tells of a stream that cannot be opened', async () => {
    const route: Route = {
      kind: 'stream',
      label: 'port-forward',
      open: () => Promise.reject(new Error('forbidden')),
    };
    await expect(ask(route)).rejects.toThrow('real could not open it');
  });
});

describe('compositeKubeconfigs', () => {
  it('shows the real contexts first', async () => {
    const source = (name: string) => ({
      discover: async () => ({
        paths: [{ path: name, reason: 'test', outcome: 'read' as const, contexts: 1 }],
        contexts: [],
      }),
    });
    const { paths } = await compositeKubeconfigs(source('real'), source('sandbox')).discover();
    expect(paths.map(({ path }) => path)).toEqual(['real', 'sandbox']);
  });
});
