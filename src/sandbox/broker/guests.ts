import type { Guest, SimulatedCluster } from '../cluster.ts';

const RETRY_MS = 2000;

const GUESTS: Readonly<
  Record<Guest, { name: string; ip: string; subjects: readonly string[]; isReading: boolean }>
> = {
  'second-server': {
    name: 'meshplay-server',
    ip: '203.0.113.44',
    subjects: ['meshplay.meshsync.core', 'meshery.meshsync.core'],
    isReading: true,
  },
  'slow-reader': { name: 'event-archive', ip: '203.0.113.45', subjects: ['>'], isReading: false },
};

/** Lets a client connect to the Broker of a cluster, and come back whenever the Broker ends the connection. */
export function inviteGuest(cluster: SimulatedCluster, guest: Guest): void {
  cluster.condition.guests.set(guest, undefined);
  visit(cluster, guest);
}

export function dismissGuest(cluster: SimulatedCluster, guest: Guest): void {
  const client = cluster.condition.guests.get(guest);
  cluster.condition.guests.delete(guest);
  client?.close();
}

function visit(cluster: SimulatedCluster, guest: Guest): void {
  const { guests } = cluster.condition;
  if (!guests.has(guest)) return;
  const { name, ip, subjects, isReading } = GUESTS[guest];
  const [server] = cluster.brokers.values();
  const client =
    server?.isFrozen === true ? undefined : server?.connect({ name, ip, isReading, token: server.token });
  const comeBack = () => {
    guests.set(guest, undefined);
    cluster.after(RETRY_MS, () => visit(cluster, guest));
  };
  if (client === undefined) {
    comeBack();
    return;
  }
  guests.set(guest, client);
  for (const subject of subjects) client.subscribe(subject, () => undefined);
  const comeBackWhenEnded = async () => {
    await client.closed;
    if (guests.get(guest) === client) comeBack();
  };
  comeBackWhenEnded().catch(cluster.onError);
}
