import type { TlsAnswer, WayProbe } from '../../services/ports.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { hashOf } from '../random.ts';
import * as refusals from './refusals.ts';

const DAY_MS = 86_400_000;
const VALID_DAYS = 300;

/** What stops at which step; the steps before it succeed. */
const FAILS_AT: Readonly<Record<string, 'name' | 'proxy' | 'port'>> = {
  'no-such-name': 'name',
  'proxy-refuses': 'proxy',
  'proxy-wants-login': 'proxy',
  'proxy-gone': 'proxy',
  unreachable: 'port',
  refused: 'port',
};

/** The way to the API server of a simulated cluster, through the proxy its kubeconfig asks for, if any. */
export function simulatedWay(cluster: SimulatedCluster, proxy: string | undefined): WayProbe {
  const { condition, traits } = cluster;
  const host = new URL(traits.server).hostname;
  const step = async (signal: AbortSignal, steps: readonly string[]): Promise<void> => {
    await Promise.resolve();
    if (signal.aborted) throw refusals.givenUp(traits.server, signal);
    const { link } = condition;
    const at = FAILS_AT[link];
    if (
      link !== 'answers' &&
      link !== 'slow' &&
      link !== 'black-hole' &&
      at !== undefined &&
      steps.includes(at)
    )
      throw refusals.noAnswer(link, traits.server);
  };
  return {
    proxy,
    async resolve(signal) {
      await step(signal, ['name']);
      // Of 203.0.113.0/24, which leads nowhere; the same for the same name.
      return [`203.0.113.${1 + (hashOf(host) % 250)}`];
    },
    async askProxy(signal) {
      await step(signal, ['proxy']);
      return traits.latencyMs;
    },
    async dial(signal) {
      await step(signal, ['name', 'proxy', 'port']);
      return traits.latencyMs;
    },
    async shakeHands(signal) {
      await step(signal, ['name', 'proxy', 'port']);
      if (condition.link === 'black-hole') await silence(traits.server, signal);
      return certificateOf(cluster, host);
    },
  };
}

function silence(server: string, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(refusals.givenUp(server, signal)), { once: true });
  });
}

function certificateOf({ condition, now }: SimulatedCluster, host: string): TlsAnswer {
  const at = (days: number) => new Date(now() + days * DAY_MS).toISOString();
  const isExpired = condition.link === 'expired-certificate';
  const isOfOther = condition.link === 'certificate-of-another';
  return {
    subject: 'kube-apiserver',
    issuer: 'kubernetes',
    validFrom: at(isExpired ? -380 : VALID_DAYS - 365),
    validTo: at(isExpired ? -15 : VALID_DAYS),
    names: ['DNS:kubernetes.default.svc', isOfOther ? 'DNS:old-name.example' : `DNS:${host}`],
    wantedName: host,
    isMadeOutToIt: !isOfOther,
    ...(condition.link === 'untrusted'
      ? { distrust: 'it is signed by an authority that is not the one in the kubeconfig' }
      : {}),
  };
}
