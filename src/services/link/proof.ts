import { z } from 'zod';
import type { BrokerConnector, BrokerSession, Clock, ClusterApi } from '../ports.ts';
import { BrokerError } from '../ports.ts';
import { withDeadline } from '../timing.ts';
import { forwardedMonitor } from './candidates.ts';
import type { Way } from './candidates.ts';
import type { BrokerTarget } from './target.ts';

const PROOF_TIMEOUT_MS = 3000;
const MAX_PODS = 3;
const ServerIdentity = z.object({ server_id: z.string().min(1) });

export type Proof = 'proven' | 'unproven' | 'mismatch';

/**
 * Whether the Broker that answered is this cluster's. A forwarded port, and a ClusterIP seen from inside, cannot be
 * anybody else's; an ambiguous address is compared with the server id read from the pods themselves. Where that may
 * not be read, the first message that names its cluster decides. Source: domain.md 2.5 (9), 11.4.
 */
export async function proofOf(
  way: Way,
  session: BrokerSession,
  target: BrokerTarget,
  ports: { clock: Clock; brokers: BrokerConnector; api: ClusterApi | undefined },
  signal: AbortSignal,
): Promise<Proof> {
  if (way.kind === 'port-forward' || (way.kind === 'internal' && target.isServerInCluster)) return 'proven';
  const { api, brokers, clock } = ports;
  if (!way.isAmbiguous || api === undefined || target.readyPods.length === 0) return 'unproven';
  const pods = target.readyPods.slice(0, MAX_PODS);
  const read = pods.map((pod) =>
    withDeadline(
      clock,
      PROOF_TIMEOUT_MS,
      signal,
      (inner) =>
        brokers.monitor(
          { route: forwardedMonitor(api, pod), path: '/varz', timeoutMs: PROOF_TIMEOUT_MS },
          inner,
        ),
      () => new BrokerError({ kind: 'timeout', message: 'The Broker’s pod did not tell its id in time.' }),
    ).then((raw) => ServerIdentity.parse(raw).server_id),
  );
  const answers = await Promise.allSettled(read);
  const ids = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  if (ids.includes(session.info.serverId)) return 'proven';
  // With a pod unread, the session may well be with that one.
  return ids.length === target.readyPods.length ? 'mismatch' : 'unproven';
}
