import { setUpBrokers } from '../../controllers/broker-program.ts';
import { changeLoadBalancer } from '../../controllers/service-network.ts';
import type { SimulatedCluster } from '../../cluster.ts';
import { connection, NO_PORT_FORWARD } from '../plan.ts';
import {
  allowPortForward,
  barPortForward,
  cutOutside,
  leadClientPortTo,
  patchResources,
} from './broker-acts.ts';
import type { Fault, Place } from './fault.ts';

/** What can go wrong between this server and a Broker that runs. */
export const brokerWayFaults: readonly Fault[] = [
  {
    name: 'wrong-cluster',
    title: 'Let another cluster’s Broker answer',
    story:
      'The address of the Broker leads to the Broker of a neighbouring cluster, and no port can be forwarded.',
    shows: ['MT-B-14'],
    inject: ({ cluster, neighbour }) => {
      const other = neighbour().cluster;
      for (const port of [4222, 8222]) cluster.condition.detours.set(port, other);
      barPortForward(cluster);
      cutOutside(cluster);
    },
    repair: ({ cluster }) => {
      cluster.condition.detours.clear();
      allowPortForward(cluster);
    },
  },
  {
    name: 'wrong-target-port',
    title: 'Let the Broker’s Service lead to the wrong port',
    story: 'The client port of the Service leads to the monitoring port, which speaks HTTP.',
    shows: ['MT-B-18'],
    inject: ({ cluster }) => {
      leadClientPortTo(cluster, 8222);
      barPortForward(cluster);
      cutOutside(cluster);
    },
    repair: ({ cluster }) => {
      leadClientPortTo(cluster, 4222);
      allowPortForward(cluster);
    },
  },
  {
    name: 'broker-tls',
    title: 'Let the Broker ask for TLS',
    story: 'The Broker is configured for TLS with a certificate that nobody knows.',
    shows: ['MT-B-19'],
    inject: ({ cluster }) => setTls(cluster, true),
    repair: ({ cluster }) => setTls(cluster, false),
  },
  {
    name: 'pending-load-balancer',
    title: 'Take the load balancer away',
    story: 'The cluster has no load balancer provider any more, and no port can be forwarded.',
    shows: ['MT-B-20'],
    inject: ({ cluster }) => {
      changeLoadBalancer(cluster, 'pending');
      barPortForward(cluster);
      cutOutside(cluster);
    },
    repair: openUp,
  },
  {
    name: 'cluster-ip-only',
    title: 'Make the Broker’s Service a ClusterIP',
    story: 'The Service of the Broker has no address outside the cluster, and no port can be forwarded.',
    shows: ['MT-B-21'],
    inject: ({ cluster }) => {
      patchResources(cluster, 'brokers', { spec: { service: { type: 'ClusterIP' } } });
      barPortForward(cluster);
      cutOutside(cluster);
    },
    repair: ({ cluster }) => {
      patchResources(cluster, 'brokers', { spec: { service: { type: 'LoadBalancer' } } });
      allowPortForward(cluster);
    },
  },
  {
    name: 'cut-link',
    title: 'Cut the link to the Broker',
    story: 'A firewall closes while everything runs, and no port can be forwarded.',
    shows: ['MT-B-22', 'MT-S-10', 'MT-D-06'],
    strikesLater: true,
    inject: ({ cluster }) => {
      changeLoadBalancer(cluster, 'firewalled');
      barPortForward(cluster);
      cutOutside(cluster);
    },
    repair: openUp,
  },
  {
    name: 'closed-firewall',
    title: 'Give the Broker an address behind a firewall',
    story: 'The Broker gets an address for the first time, and a firewall swallows every connection to it.',
    shows: ['MT-B-23'],
    startsFrom: connection('lab', {
      installation: { serviceType: 'ClusterIP' },
      denials: [NO_PORT_FORWARD],
    }),
    inject: ({ cluster }) => {
      changeLoadBalancer(cluster, 'firewalled');
      patchResources(cluster, 'brokers', { spec: { service: { type: 'LoadBalancer' } } });
    },
    repair: ({ cluster }) => changeLoadBalancer(cluster, 'assigns'),
  },
  {
    name: 'only-port-forward',
    title: 'Close every way but the port-forward',
    story: 'A firewall closes; the API server still carries a forwarded port to the Broker.',
    shows: ['MT-B-29'],
    inject: ({ cluster }) => {
      changeLoadBalancer(cluster, 'firewalled');
      cutOutside(cluster);
    },
    repair: ({ cluster }) => changeLoadBalancer(cluster, 'assigns'),
  },
  {
    name: 'close-monitor',
    title: 'Close the Broker’s monitoring port',
    story: 'The Broker is configured without a monitoring port.',
    shows: ['MT-B-30'],
    inject: ({ cluster }) => setMonitor(cluster, false),
    repair: ({ cluster }) => setMonitor(cluster, true),
  },
  {
    name: 'hide-cluster-id',
    title: 'Hide from MeshSync which cluster it is in',
    story: 'MeshSync may not read the namespace kube-system, so its messages name no cluster.',
    shows: ['MT-B-31'],
    inject: ({ cluster }) => {
      cluster.condition.meshsync.hidesClusterId = true;
      cutOutside(cluster);
    },
    repair: ({ cluster }) => {
      cluster.condition.meshsync.hidesClusterId = false;
    },
  },
];

function openUp({ cluster }: Place): void {
  changeLoadBalancer(cluster, 'assigns');
  allowPortForward(cluster);
}

/** The Broker is restarted with another configuration, so everybody has to dial anew. */
function setTls(cluster: SimulatedCluster, isTlsRequired: boolean): void {
  cluster.condition.broker.isTlsRequired = isTlsRequired;
  setUpBrokers(cluster);
  for (const server of cluster.brokers.values()) server.stop();
}

function setMonitor(cluster: SimulatedCluster, hasMonitor: boolean): void {
  cluster.condition.broker.hasMonitor = hasMonitor;
  setUpBrokers(cluster);
}
