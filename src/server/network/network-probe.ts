import { lookup } from 'node:dns/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { NetworkProbe, TlsAnswer } from '../../services/ports.ts';
import { fromTransport } from '../kubernetes/failure.ts';

/** DNS, TCP and TLS by Node itself, one step at a time. */
export function createNetworkProbe(): NetworkProbe {
  return {
    async resolve(host, signal) {
      try {
        signal.throwIfAborted();
        const found = await lookup(host, { all: true });
        return found.map((one) => one.address);
      } catch (error) {
        throw fromTransport(error, host);
      }
    },
    async dial(host, port, signal) {
      const startedMs = performance.now();
      const socket = connectTcp({ host, port });
      try {
        await opened(socket, 'connect', signal);
        return performance.now() - startedMs;
      } catch (error) {
        throw fromTransport(error, `${host}:${port}`);
      } finally {
        socket.destroy();
      }
    },
    async shakeHands(host, port, signal) {
      // Not judged here on purpose: the check shows what the certificate says, also when it is a bad one.
      const isAddress = /^[0-9.]+$/.test(host) || host.includes(':');
      const socket = connectTls({
        host,
        port,
        rejectUnauthorized: false,
        ...(isAddress ? {} : { servername: host }),
      });
      try {
        await opened(socket, 'secureConnect', signal);
        return answerOf(socket);
      } catch (error) {
        throw fromTransport(error, `${host}:${port}`);
      } finally {
        socket.destroy();
      }
    },
  };
}

function opened(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('ended'));
    signal.addEventListener('abort', stop, { once: true });
    socket.once(event, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    socket.once('error', (error) => {
      signal.removeEventListener('abort', stop);
      reject(error);
    });
  });
}

function answerOf(socket: TLSSocket): TlsAnswer {
  const certificate = socket.getPeerCertificate();
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    validFrom: new Date(certificate.valid_from).toISOString(),
    validTo: new Date(certificate.valid_to).toISOString(),
    names: (certificate.subjectaltname ?? '').split(', ').filter(Boolean),
  };
}

function nameOf(name: { CN?: string | string[]; O?: string | string[] } | undefined): string {
  return [name?.CN ?? name?.O ?? 'without a name'].flat().join(', ');
}
