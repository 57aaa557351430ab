import { encodeRequest } from '../../core/meshsync/requests.ts';
import { SUBJECTS } from '../../core/meshsync/subjects.ts';
import type { BrokerSession } from '../ports.ts';

/** Asks the MeshSync of either family for all that it holds; it answers on a subject of its own. */
export function askForStore(session: BrokerSession): void {
  for (const { request, storeReply } of SUBJECTS)
    session.publish(request, encodeRequest({ entity: 'informer-store', reply: storeReply }));
}

/** Asks it to list the cluster anew and to publish everything. */
export function askForResync(session: BrokerSession): void {
  for (const { request } of SUBJECTS) session.publish(request, encodeRequest({ entity: 'resync-discovery' }));
}

export function askForVersion(session: BrokerSession): void {
  for (const { request } of SUBJECTS) session.publish(request, encodeRequest({ entity: 'meshsync-meta' }));
}
