import type { ErrorReference } from './error-reference.ts';

type Entry = Pick<ErrorReference, 'title' | 'cause' | 'remedy'>;

function entry(title: string, cause: string, remedy: string): Entry {
  return { title, cause, remedy };
}

const logOf = (name: string) =>
  entry(
    `The log of ${name} has a known error`,
    `${name} wrote a line that is known to mean a fault; the test shows it with its meaning.`,
    'Do what is said beside the line, then test again.',
  );
const imageOf = (name: string) =>
  entry(
    `An image of ${name} may not be pulled again`,
    'The image was removed from its registry, or a node was refused it lately. A registry is never asked itself: what is known comes from pods and events.',
    `Redeploy ${name}, which names an image that is there; or put the image into a registry of your own.`,
  );
const workloadOf = (name: string) =>
  entry(
    `${name} is not rolled out`,
    'Its workload is missing, scaled to zero, or not all of its pods are ready.',
    `Install or redeploy ${name}; if its pods do not get ready, see why.`,
  );
const podsOf = (name: string) =>
  entry(
    `The pods of ${name} are not well`,
    'There is no pod, no node takes it, its image cannot be pulled, or its container crashes.',
    `Read the reason the container waits for, and the events; then redeploy ${name}.`,
  );
const candidate = (way: string, cause: string, remedy: string) =>
  entry(`The Broker does not answer ${way}`, cause, remedy);

/** What it means when a check of the tests does not pass, by the id of the check. */
export const CHECK_ERRORS = {
  'kubernetes-kubeconfig': entry(
    'The kubeconfig entry cannot be used',
    'The context names a cluster or user that is not there, a file it refers to cannot be read, or the program it gets its login from is missing.',
    'Mend the entry and rediscover, or add another kubeconfig.',
  ),
  'kubernetes-proxy': entry(
    'The proxy does not lead to the API server',
    'proxy-url of the kubeconfig names a proxy that is off, whose name does not resolve, that wants a login, does not let the address pass, or cannot reach it itself. The proxy of the environment (HTTPS_PROXY) is not used.',
    'Mend proxy-url, with user and password where the proxy wants them, or remove it; then rediscover.',
  ),
  'kubernetes-dns': entry(
    'The name of the API server does not resolve',
    'The name is mistyped, belongs to another network, or the name service does not answer.',
    'Check cluster.server of the kubeconfig, and that this machine uses the right name service.',
  ),
  'kubernetes-tcp': entry(
    'The port of the API server takes no connection',
    'The API server does not run, a firewall drops the packets, or the address is of another network.',
    'Start the cluster, or open the way to its API server.',
  ),
  'kubernetes-tls': entry(
    'The certificate of the API server is not as it should be',
    'It has expired, is not valid yet (a clock is wrong), is signed by another authority than the kubeconfig trusts, is made out to another name than cluster.server or tls-server-name asks for, or nobody checks it.',
    'Renew the certificate, mend the clock, or put certificate-authority-data and a tls-server-name that it is made out to into the kubeconfig.',
  ),
  'kubernetes-answers': entry(
    'The API server does not answer',
    'It is down, overloaded, or something on the way (a load balancer, a firewall) answers in its place; or it answers, slowly or with a clock that is wrong.',
    'Look at the control plane of the cluster, then at the way to it.',
  ),
  'kubernetes-ready': entry(
    'The API server is not ready',
    'One of the checks of its /readyz fails, for instance etcd.',
    'Look at the control plane of the cluster; the failing checks are named.',
  ),
  'kubernetes-version': entry(
    'The version of Kubernetes is not supported',
    'The cluster is older than what gets fixes, or than what this product works with.',
    'Upgrade the cluster.',
  ),
  'kubernetes-authentication': entry(
    'The credentials are not accepted',
    'A token or certificate has expired or was revoked.',
    'Log in again, or replace the credentials of the connection.',
  ),
  'kubernetes-may-watch': entry(
    'Permissions for watching are missing',
    'The identity may not list and watch what Operator, MeshSync and Broker are made of.',
    'Bind the Role that the test writes, or use other credentials.',
  ),
  'kubernetes-may-install': entry(
    'Permissions for installing are missing',
    'The identity may look, but not create what an installation consists of.',
    'Bind the Role that the test writes, or install with other credentials.',
  ),
  'kubernetes-may-forward': entry(
    'Permissions for forwarding ports are missing',
    'The identity may not create pods/portforward, so a Broker without an address cannot be reached.',
    'Bind the Role that the test writes, or give the Broker an address.',
  ),
  'operator-definitions': entry(
    'The definitions of Broker and MeshSync are not served',
    'They were never installed, only in part, or a version of them is not served.',
    'Install the Operator, which brings them.',
  ),
  'operator-workload': workloadOf('the Operator'),
  'operator-pods': podsOf('the Operator'),
  'operator-log': logOf('the Operator'),
  'operator-image': imageOf('the Operator'),
  'operator-version': entry(
    'The version of the Operator is a known bad one',
    'Operators before 1.0 carry a side container whose image is gone; 1.0.0 and 1.0.1 name their workloads otherwise than what reads them.',
    'Install a newer Operator.',
  ),
  'operator-leader': entry(
    'No Operator leads',
    'The Lease (operators since 1.0) or the ConfigMap (those before) by which one of them leads is held by nobody, or was not renewed.',
    'Redeploy the Operator.',
  ),
  'operator-webhook': entry(
    'The webhook that converts resources does not work',
    'The definitions ask a webhook to convert versions, and its certificate, Secret or Service is missing or refused.',
    'Install the Operator again: its definitions need no webhook here. Or mend the certificate.',
  ),
  'broker-resource': entry(
    'There is no Broker resource',
    'It was never created, was removed, or is being deleted.',
    'Install the Broker; if nobody finishes deleting it, release its finalizers.',
  ),
  'broker-workload': workloadOf('the Broker'),
  'broker-pods': podsOf('the Broker'),
  'broker-log': logOf('the Broker'),
  'broker-image': imageOf('the Broker'),
  'broker-service': entry(
    'The Broker has no Service, or one without an address',
    'The Service is missing, or no load balancer gives it an address.',
    'Redeploy the Broker; where there are no load balancers, use NodePort or the port-forward.',
  ),
  'broker-token': entry(
    'The token of the Broker is not accepted',
    'The Secret cannot be read, or the Broker runs with another token than it holds.',
    'Grant get on secrets, or redeploy the Broker so that it reads the Secret again.',
  ),
  'broker-ways': entry(
    'No way to the Broker answers',
    'Every address and the port-forward were tried without success; the test shows each with its reason.',
    'Reconnect; if nothing answers, give the Broker an address or grant port-forward.',
  ),
  'broker-way-internal': candidate(
    'at its address inside the cluster',
    'This server is outside the cluster, or the Service leads nowhere.',
    'Nothing, if another way answers; else see whether the pods of the Broker are ready.',
  ),
  'broker-way-external': candidate(
    'at its external address',
    'A firewall, another network, or a load balancer that is not there yet.',
    'Open the way to that address, or use the port-forward.',
  ),
  'broker-way-docker-host': candidate(
    'at the Docker host',
    'This server does not run in a container, or the port is not published there.',
    'Nothing, if another way answers; else publish the port.',
  ),
  'broker-way-api-host': candidate(
    'at the host of the API server',
    'The Service opens no port on the nodes, or a firewall closes it.',
    'Nothing, if another way answers; else use NodePort and open the port.',
  ),
  'broker-way-port-forward': candidate(
    'through the API server',
    'The identity may not forward ports, or no pod of the Broker is ready.',
    'Grant create on pods/portforward, or make a pod of the Broker ready.',
  ),
  'broker-tls': entry(
    'TLS stands in the way to the Broker',
    'Something on the way speaks or asks for TLS, and its certificate is not accepted.',
    'Let the address lead to the NATS port itself, or renew the certificate.',
  ),
  'broker-roundtrip': entry(
    'The Broker answers slowly',
    'The way to it is long or overloaded, or the Broker is short of processor time.',
    'Look at the network, and at the resources of the Broker’s pod.',
  ),
  'broker-identity': entry(
    'It may be another cluster’s Broker',
    'Two Brokers share an address, on localhost for instance, and the one that answered is not known to be this one.',
    'Give each Broker an address of its own, or use the port-forward.',
  ),
  'broker-monitor': entry(
    'The monitoring of the Broker does not answer',
    'Only its client port can be reached; or somebody reads more slowly than is sent.',
    'Data can flow all the same. Open port 8222, or grant port-forward.',
  ),
  'broker-health': entry(
    'The Broker does not call itself healthy',
    'Its /healthz says that it is not ready, or does not answer.',
    'Read the log of the Broker; redeploy it if it stays.',
  ),
  'broker-subscription': entry(
    'This server’s subscription is not served',
    'The Broker does not know the subscription, or nothing was published since.',
    'Reconnect, or ask MeshSync for everything again.',
  ),
  'broker-namesakes': entry(
    'Another server uses our name on this Broker',
    'A second server is connected, or an old client of this one was never closed.',
    'Nothing needs to be done here; stop the other server if nobody uses it.',
  ),
  'meshsync-resource': entry(
    'There is no MeshSync resource',
    'It was never created, was removed, or is being deleted.',
    'Install MeshSync; if nobody finishes deleting it, release its finalizers.',
  ),
  'meshsync-broker-named': entry(
    'MeshSync names a Broker that does not exist',
    'spec.broker.native of its resource points to another name or namespace.',
    'Install the Broker, or mend spec.broker.native.',
  ),
  'meshsync-watch-list': entry(
    'The watch-list of MeshSync is not right',
    'Whitelist and blacklist are both set, it is not JSON, or it names kinds that do not exist.',
    'Install MeshSync again, which writes a good watch-list.',
  ),
  'meshsync-workload': workloadOf('MeshSync'),
  'meshsync-pods': podsOf('MeshSync'),
  'meshsync-log': logOf('MeshSync'),
  'meshsync-image': imageOf('MeshSync'),
  'meshsync-version': entry(
    'The version of MeshSync is a known bad one',
    'Versions before 1.0.1 read nats:// addresses wrongly and have no health probes.',
    'Install a newer MeshSync.',
  ),
  'meshsync-connected': entry(
    'MeshSync is not connected to the Broker',
    'Its address or token is wrong, or its client has given up for ever.',
    'Redeploy MeshSync: only a new pod connects again.',
  ),
  'meshsync-listens': entry(
    'MeshSync does not listen for requests',
    'It has no subscription for requests on the Broker.',
    'Redeploy MeshSync.',
  ),
  'meshsync-answers': entry(
    'MeshSync does not answer a request',
    'It does not listen, or what it publishes does not arrive here.',
    'Redeploy MeshSync; then look at the subjects both sides use.',
  ),
  'meshsync-publishing': entry(
    'What MeshSync publishes does not arrive here',
    'It publishes nothing, or to a subject this server does not hear.',
    'Redeploy MeshSync; see that both sides are of one family.',
  ),
  'meshsync-freshness': entry(
    'What is known of some kinds is old',
    'Nothing came for longer than is usual for this cluster, or something was lost on the way.',
    'Ask MeshSync for everything again.',
  ),
  'server-vitals': entry(
    'This server is overloaded',
    'Its event loop is late: too little processor time for what it does.',
    'Give it more processor time, or watch fewer clusters with it.',
  ),
  'server-version': entry(
    'This server runs on a runtime it was not made for',
    'It was started with another Node than the one it brings.',
    'Start it with npm start, which uses Node 24.',
  ),
  'server-listener': entry(
    'This server’s own port does not answer',
    'The port was closed, or a firewall of this machine drops what goes to it.',
    'Start the server again; see that nothing else has taken its port.',
  ),
  'server-disk': entry(
    'The disk of the data folder is nearly full',
    'State and cache of this server lie there; when it is full, nothing can be written any more.',
    'Make room, or move the data folder to a larger disk by --data-dir.',
  ),
  'server-key': entry(
    'The key that seals saved credentials cannot be used',
    'The key file is missing, damaged or readable by others, or MESHPLAY_KEY holds no key.',
    'Put the right key back, and let only its owner read the file: chmod 600.',
  ),
  'server-integrity': entry(
    'The database file is damaged',
    'The check of its structure found faults, or could not be done.',
    'Reset the database: the damaged file is set aside, and MeshSync sends everything again.',
  ),
  'server-database': entry(
    'The database does not take what arrives',
    'It writes more slowly than messages come, rejects them, or cannot be opened.',
    'See Database for what is wrong with it.',
  ),
  'synthetic-change': entry(
    'A change in the cluster does not arrive in the database',
    'One of the hops between the API server and the database did not pass it on; the test names the first.',
    'Look at the hop that is named.',
  ),
} as const satisfies Readonly<Record<string, Entry>>;

/** Id of a check; the suites may use no other, so that each has an entry here. */
export type CheckId = keyof typeof CHECK_ERRORS;
