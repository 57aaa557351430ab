import { lookup } from 'node:dns/promises';
import tls from 'node:tls';
import type { TlsAnswer, WayProbe } from '../../services/ports.ts';
import { parseServer } from '../../core/kubeconfig/resolve.ts';
import type { Dialler } from './dialler.ts';
import type { Endpoint } from './endpoint.ts';
import { distrustWords, fromTransport } from './failure.ts';
import { openTunnel, proxyPlace } from './proxy-tunnel.ts';

/** The steps by which the dialler reaches an API server, one at a time. */
export function createWayProbe(
  endpoint: Endpoint,
  dialler: Dialler,
  pinnedAddress: string | undefined,
): WayProbe {
  const { host, wantedName } = dialler;
  const timed = async (run: () => Promise<{ destroy(): unknown }>): Promise<number> => {
    const startedMs = performance.now();
    try {
      (await run()).destroy();
      return performance.now() - startedMs;
    } catch (error) {
      throw fromTransport(error, host);
    }
  };
  return {
    proxy: proxyPlace(endpoint.proxyUrl),
    async resolve(signal) {
      // What an uploaded kubeconfig names was resolved once, and only that address is dialled.
      if (pinnedAddress !== undefined) return [pinnedAddress];
      const name = parseServer(endpoint.server)?.host ?? '';
      try {
        signal.throwIfAborted();
        const found = await lookup(name, { all: true });
        return found.map(({ address }) => address);
      } catch (error) {
        throw fromTransport(error, name);
      }
    },
    askProxy: (signal) => timed(() => openTunnel(endpoint.proxyUrl ?? '', host, signal)),
    dial: (signal) => timed(() => dialler.open(signal)),
    async shakeHands(signal) {
      let raw: { destroy(): unknown } | undefined;
      try {
        const socket = await dialler.open(signal);
        raw = socket;
        return answerOf(await dialler.look(socket, signal), wantedName);
      } catch (error) {
        throw fromTransport(error, host);
      } finally {
        raw?.destroy();
      }
    },
  };
}

function answerOf(socket: tls.TLSSocket, wantedName: string): TlsAnswer {
  const certificate = socket.getPeerCertificate();
  // Typed as an error; in fact it is the code of one.
  const code = String(socket.authorizationError ?? '');
  const distrust = code === '' || code === 'null' ? undefined : distrustWords(code);
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    validFrom: new Date(certificate.valid_from).toISOString(),
    validTo: new Date(certificate.valid_to).toISOString(),
    names: (certificate.subjectaltname ?? '').split(', ').filter(Boolean),
    wantedName,
    isMadeOutToIt: tls.checkServerIdentity(wantedName, certificate) === undefined,
    ...(distrust === undefined ? {} : { distrust }),
  };
}

function nameOf(name: { CN?: string | string[]; O?: string | string[] } | undefined): string {
  return [name?.CN ?? name?.O ?? 'without a name'].flat().join(', ');
}
