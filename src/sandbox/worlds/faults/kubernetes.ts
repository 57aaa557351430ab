import type { LinkFailure } from '../../kube/refusals.ts';
import * as refusals from '../../kube/refusals.ts';
import { DEPLOYMENTS } from '../../kube/kinds.ts';
import type { Denial } from '../../kube/access.ts';
import type { SimulatedCluster } from '../../cluster.ts';
import { patched } from '../../kube/store.ts';
import { connection } from '../plan.ts';
import { operatorsOf } from './acts.ts';
import type { Fault, Place } from './fault.ts';

/** What can go wrong with the API server and on the way to it. */
export const kubernetesFaults: readonly Fault[] = [
  {
    ...denied({ verbs: ['get', 'list', 'watch'], group: '', resource: 'pods' }),
    name: 'revoke-permission',
    title: 'Take the right to see pods away',
    story: 'The identity of the kubeconfig may no longer get, list or watch pods.',
    shows: ['MT-K-23'],
  },
  {
    ...denied({ verbs: ['list', 'watch'], group: 'apps', resource: 'deployments' }),
    name: 'revoke-deployments',
    title: 'Take the right to see Deployments away',
    story:
      'The identity of the kubeconfig may no longer list or watch Deployments, on which the states stand.',
    shows: ['MT-K-15'],
  },
  {
    ...denied({ verbs: ['get'], group: '', resource: 'namespaces' }),
    name: 'revoke-namespaces',
    title: 'Take the right to read namespaces away',
    story:
      'The identity of the kubeconfig may not read kube-system, whose UID tells one cluster from another.',
    shows: ['MT-K-20'],
  },
  {
    ...denied({ verbs: ['list', 'watch'], group: '', resource: 'events' }),
    name: 'revoke-events',
    title: 'Take the right to see events away',
    story: 'The identity of the kubeconfig may no longer list or watch events.',
    shows: ['MT-K-22'],
  },
  {
    ...unanswered('unreachable'),
    name: 'api-unreachable',
    title: 'Take the API server off the network',
    story: 'No connection to the API server can be made.',
    shows: ['MT-K-01'],
  },
  {
    name: 'api-black-hole',
    title: 'Make the API server a black hole',
    story: 'Connections are accepted and nothing is ever answered.',
    shows: ['MT-K-02'],
    inject: ({ cluster }) => {
      cluster.condition.link = 'black-hole';
    },
    repair: answerAgain,
  },
  {
    ...unanswered('no-such-name'),
    name: 'api-name-gone',
    title: 'Take the name of the API server away',
    story: 'The name server no longer knows the name of the API server.',
    shows: ['MT-K-03'],
  },
  {
    ...unanswered('untrusted'),
    name: 'api-untrusted',
    title: 'Give the API server a certificate of another authority',
    story: 'The API server was set up anew, and the kubeconfig still trusts the authority from before.',
    shows: ['MT-K-04'],
  },
  {
    ...unanswered('expired-certificate'),
    name: 'api-certificate-expired',
    title: 'Let the certificate of the API server expire',
    story: 'The certificate of the API server is past its last day, or a clock is wrong by as much.',
    shows: ['MT-K-04'],
  },
  {
    ...unanswered('refused'),
    name: 'local-cluster-stopped',
    title: 'Stop a cluster on this machine',
    story: 'The kubeconfig names a loopback address, and nothing listens there any more.',
    shows: ['MT-K-05'],
    startsFrom: connection('kind-local', { traits: { server: 'https://127.0.0.1:6443' } }),
  },
  {
    ...unanswered('refused'),
    name: 'api-refused',
    title: 'Stop the API server',
    story: 'Its machine answers, and nothing listens on the port of the API server.',
    shows: ['MT-K-06'],
  },
  {
    name: 'unauthorized',
    title: 'Expire the credentials',
    story: 'The API server no longer knows the identity of the kubeconfig.',
    shows: ['MT-K-07'],
    inject: unanswered('unauthorized').inject,
    repair: (place) => {
      answerAgain(place);
      place.kubeconfig.credentialsMark = `renewed at ${place.cluster.now()}`;
    },
  },
  {
    ...unusable('exec-missing', 'The program “cloud-login” that the kubeconfig asks for was not found.'),
    name: 'login-program-missing',
    title: 'Uninstall the login program',
    story: 'The kubeconfig gets its credentials from a program that this machine does not have.',
    shows: ['MT-K-08'],
  },
  {
    ...unanswered('login-program-fails'),
    name: 'login-program-fails',
    title: 'Make the login program fail',
    story: 'The program that gives the credentials ends with an error.',
    shows: ['MT-K-09'],
  },
  {
    ...unusable('invalid-config', 'The context names a user that the kubeconfig does not have.'),
    name: 'kubeconfig-damaged',
    title: 'Damage the kubeconfig entry',
    story: 'The context of the kubeconfig names a user that does not exist.',
    shows: ['MT-K-10'],
  },
  {
    ...unanswered('certificate-of-another'),
    name: 'api-certificate-of-another',
    title: 'Give the API server a certificate of another name',
    story:
      'The API server got a new certificate that does not name the address in the kubeconfig, and no tls-server-name says which name to look for.',
    shows: ['MT-K-04'],
  },
  {
    ...behindProxy('proxy-refuses'),
    name: 'proxy-refuses',
    title: 'Make the proxy refuse',
    story: 'The kubeconfig asks for a proxy, and the proxy does not let the API server’s address pass.',
    shows: ['MT-K-11'],
  },
  {
    ...behindProxy('proxy-gone'),
    name: 'proxy-gone',
    title: 'Take the proxy away',
    story: 'The kubeconfig asks for a proxy whose name nobody resolves any more.',
    shows: ['MT-K-11'],
  },
  {
    ...behindProxy('proxy-wants-login'),
    name: 'proxy-wants-login',
    title: 'Make the proxy ask for a login',
    story: 'The kubeconfig asks for a proxy without user and password, and the proxy wants both.',
    shows: ['MT-K-24'],
  },
  {
    ...unanswered('overloaded'),
    name: 'api-overloaded',
    title: 'Overload the API server',
    story: 'The API server answers every request with 503, because its own storage does not answer.',
    shows: ['MT-K-12'],
  },
  {
    ...unanswered('login-page'),
    name: 'login-page',
    title: 'Put a login page in front of the API server',
    story: 'A web page answers at the address of the API server.',
    shows: ['MT-K-13'],
  },
  {
    ...unanswered('connection-reset'),
    name: 'api-resets',
    title: 'Reset every connection to the API server',
    story: 'Something on the way resets each connection in a way that has no name.',
    shows: ['MT-K-14'],
  },
  {
    name: 'objects-unreadable',
    title: 'Damage the stored Deployments',
    story: 'The API server answers, and fails inside whenever it has to read a Deployment.',
    shows: ['MT-K-16'],
    inject: ({ cluster }) => {
      cluster.condition.unreadableKinds.add(DEPLOYMENTS);
      cluster.watches.fail(refusals.unreachable(cluster.traits.server));
    },
    repair: ({ cluster }) => void cluster.condition.unreadableKinds.delete(DEPLOYMENTS),
  },
  {
    name: 'silent-watch',
    title: 'Silence the watches',
    story:
      'Watches stay open and deliver nothing, as behind a proxy that forgot them, while a tool goes on writing to the Operator’s Deployment.',
    shows: ['MT-K-17'],
    inject: ({ cluster }) => {
      cluster.condition.areWatchesSilent = true;
      annotateForever(cluster);
    },
    repair: ({ cluster }) => {
      cluster.condition.areWatchesSilent = false;
    },
  },
  {
    name: 'api-slow',
    title: 'Slow the API server down',
    story: 'Every answer takes more than a second.',
    shows: ['MT-K-18'],
    inject: ({ cluster }) => {
      cluster.condition.link = 'slow';
    },
    repair: answerAgain,
  },
  {
    name: 'api-not-ready',
    title: 'Fail a check of the API server',
    story: 'The API server answers, and says itself that it is not ready.',
    shows: ['MT-K-19'],
    inject: ({ cluster }) => void cluster.condition.notReady.add('poststarthook/rbac/bootstrap-roles'),
    repair: ({ cluster }) => cluster.condition.notReady.clear(),
  },
  {
    name: 'tls-unchecked',
    title: 'Stop checking the certificate',
    story: 'Somebody writes insecure-skip-tls-verify into the kubeconfig.',
    shows: ['MT-K-21'],
    inject: ({ kubeconfig }) => {
      kubeconfig.isTlsVerified = false;
    },
    repair: ({ kubeconfig }) => {
      kubeconfig.isTlsVerified = true;
    },
  },
];

const ANNOTATE_MS = 3000;

/** Silence is noticed by what it hides: without any change there is nothing to miss. */
function annotateForever(cluster: SimulatedCluster): void {
  if (!cluster.condition.areWatchesSilent) return;
  for (const deployment of operatorsOf(cluster)) {
    const annotations = { 'example.com/scanned-at': new Date(cluster.now()).toISOString() };
    cluster.store.put(DEPLOYMENTS, patched(deployment, { metadata: { annotations } }));
  }
  cluster.after(ANNOTATE_MS, () => annotateForever(cluster));
}

type Change = Pick<Fault, 'inject' | 'repair'>;

function answerAgain({ cluster }: Place): void {
  cluster.condition.link = 'answers';
}

/** No request is answered, and what was open breaks. */
function unanswered(failure: LinkFailure): Change {
  return {
    inject: ({ cluster }) => {
      cluster.condition.link = failure;
      cluster.watches.fail(refusals.noAnswer(failure, cluster.traits.server));
    },
    repair: answerAgain,
  };
}

/** Somebody writes a proxy-url into the kubeconfig, and takes it out again. */
function behindProxy(failure: LinkFailure): Change {
  const rewritten = (place: Place, proxy: string | undefined) => {
    place.kubeconfig.proxy = proxy;
    place.kubeconfig.credentialsMark = `proxy ${proxy ?? 'removed'}`;
  };
  const { inject } = unanswered(failure);
  return {
    inject: (place) => {
      rewritten(place, refusals.SIMULATED_PROXY);
      inject(place);
    },
    repair: (place) => {
      rewritten(place, undefined);
      answerAgain(place);
    },
  };
}

function denied(denial: Denial): Change {
  return {
    inject: ({ cluster }) => {
      cluster.condition.denials = [...cluster.condition.denials, denial];
      // An API server checks rights when a watch is opened; this one was restarted with the new rules.
      cluster.watches.fail(refusals.unreachable(cluster.traits.server));
    },
    repair: ({ cluster }) => {
      cluster.condition.denials = cluster.condition.denials.filter((one) => one !== denial);
    },
  };
}

/**
 * The entry of the kubeconfig leads nowhere. It stands for itself then, as another connection: hence a world of its
 * own, where it is so from the start.
 */
function unusable(
  kind: 'exec-missing' | 'invalid-config',
  message: string,
): Change & Pick<Fault, 'startsFrom'> {
  return {
    startsFrom: connection('unusable'),
    inject: ({ kubeconfig }) => {
      kubeconfig.problem = { kind, message };
    },
    repair: ({ kubeconfig }) => {
      kubeconfig.problem = undefined;
    },
  };
}
