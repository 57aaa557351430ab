import type { OperationKind } from '../../../api/operation.ts';

type OnConnection = Exclude<OperationKind, 'reset-database' | 'restore-database'>;

/** What each operation on a connection does, in a sentence. */
const OF_KIND: Readonly<Record<OnConnection, string>> = {
  install: 'Puts Operator, MeshSync and Broker into the cluster, or mends what is missing of them.',
  redeploy: 'Applies their manifests again and starts their pods anew.',
  uninstall: 'Removes them in the safe order. Shows first what would go, and asks for the name.',
  adopt: 'Puts an Operator back that takes over the MeshSync and Broker that are there.',
  'cleanup-orphans': 'Removes a MeshSync and Broker that no Operator looks after.',
  'release-finalizers': 'Lets go what is stuck in deletion because nobody finishes it.',
  reconnect: 'Drops this server’s link to the Broker, resolves address and token anew, and dials.',
  resync: 'Asks MeshSync to send everything again.',
  flush: 'Empties what the database holds of this cluster, and asks for it anew.',
  'synthetic-test': 'Makes a small change in the cluster and follows it to the database.',
};

/** By the id of the action; testing is no operation, but stands beside them. */
export const EFFECT_WORDS: ReadonlyMap<string, string> = new Map([
  ['test', 'Checks the whole way step by step and names the one cause. Changes nothing.'],
  ...Object.entries(OF_KIND),
]);
