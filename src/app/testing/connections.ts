import type { ConnectionSummary } from '../../api/connection.ts';
import type { Finding, HopState, Verdict } from '../../api/diagnosis.ts';
import { HOPS } from '../../api/shapes.ts';

const SEEN_AT = '2026-03-01T12:00:00.000Z';

function hops(verdict: Verdict): HopState[] {
  return HOPS.map((hop, index) => ({
    hop,
    verdict,
    word: verdict === 'good' ? 'CONNECTED' : 'unknown',
    onward: index === HOPS.length - 1 ? 'end' : verdict === 'good' ? 'carries' : 'not-evaluated',
  }));
}

/** A connection on which everything works, with what the story changes. */
export function healthyConnection(change: Partial<ConnectionSummary> = {}): ConnectionSummary {
  return {
    id: 'staging',
    name: 'staging',
    server: 'https://staging.example:6443',
    origin: 'kubeconfig',
    isTlsVerified: true,
    health: 'healthy',
    kubernetesVersion: 'v1.34.1',
    families: ['meshplay'],
    isServerInCluster: false,
    controllers: [
      {
        controller: 'operator',
        state: 'DEPLOYED',
        verdict: 'good',
        version: '1.0.5',
        sinceAt: SEEN_AT,
        because: [{ text: '1 of 1 ready', source: 'workloads' }],
      },
      {
        controller: 'meshsync',
        state: 'CONNECTED',
        verdict: 'good',
        version: '1.0.3',
        sinceAt: SEEN_AT,
        because: [{ text: 'last message 0.2 s ago', source: 'link' }],
      },
      {
        controller: 'broker',
        state: 'CONNECTED',
        verdict: 'good',
        version: '2.14.2',
        sinceAt: SEEN_AT,
        because: [{ text: 'round trip 1 ms', source: 'link' }],
      },
    ],
    hops: hops('good'),
    symptoms: 0,
    findings: 0,
    changedAt: SEEN_AT,
    seenAt: SEEN_AT,
    isStale: false,
    messages: 1_000,
    ratePerSecond: 48,
    lastMessageAt: SEEN_AT,
    ...change,
  };
}

/** The guide’s first fault: the Broker’s Service has no address outside the cluster. */
export const brokerWithNoExternalIp: Finding = {
  code: 'MT-B-01',
  severity: 'warning',
  hop: 'broker',
  summary: 'The Broker has no address this server can reach.',
  meaning: 'Nothing arrives although MeshSync publishes.',
  cause: 'The Service of the Broker is a ClusterIP.',
  confidence: 'certain',
  remedies: [
    {
      kind: 'command',
      label: 'Use port-forward',
      command: 'kubectl -n meshplay port-forward svc/meshplay-broker 4222',
    },
  ],
  facts: [{ text: 'Service meshplay-broker is a ClusterIP', source: 'services' }],
};
