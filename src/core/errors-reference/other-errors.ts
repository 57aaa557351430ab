import { type ErrorReference, expand, type Row } from './error-reference.ts';

const cli: readonly Row[] = [
  [
    [[1060, 'The health check failed']],
    'One of the checks found a fault.',
    'Read the line that fails; it names what is missing.',
  ],
  [
    [[1062, 'The system could not be stopped']],
    'Resources refuse to go, or the cluster does not answer.',
    'Repeat with --force, then see what is left.',
  ],
  [
    [[1063, 'The configuration could not be reset']],
    'The configuration file cannot be written, or its template cannot be fetched.',
    'Check the permissions of the configuration folder and the network.',
  ],
  [
    [
      [1064, 'A manifest could not be applied'],
      [1065, 'The manifest of the Operator could not be applied'],
    ],
    'The cluster cannot be reached, or the user may not create these objects.',
    'Check the access to the cluster, then repeat.',
  ],
  [
    [
      [1067, 'This platform is not supported'],
      [1068, 'The platform of the current context is not supported'],
    ],
    'Only docker and kubernetes are known.',
    'Set the platform of the context to docker or kubernetes.',
  ],
  [
    [
      [1073, 'The Kubernetes API cannot be queried'],
      [1074, 'The Kubernetes configuration cannot be loaded'],
    ],
    'The kubeconfig is missing or not valid, or the API server does not answer.',
    'Check the kubeconfig with kubectl.',
  ],
  [
    [
      [1075, 'The port-forward could not be prepared'],
      [1076, 'The port-forward ended'],
    ],
    'The pod is not there, or ended.',
    'See whether the pod runs, then repeat.',
  ],
  [
    [
      [1083, 'The context cannot be read'],
      [1084, 'The context cannot be set'],
    ],
    'The context does not exist in the configuration of the command line.',
    'List the contexts and choose one of them.',
  ],
  [[[1085, 'There is no token for this context']], 'Nobody has logged in.', 'Run meshplayctl system login.'],
];

const library: readonly Row[] = [
  [
    [[11118, 'The connection to the Broker failed']],
    'The endpoint, the port or the token is wrong, or the Broker does not run.',
    'Check endpoint, port and token, then reconnect.',
  ],
  [
    [[11119, 'A message could not be encoded']],
    'The message holds something that JSON cannot carry.',
    'Report it with the kind of object that was sent.',
  ],
  [[[11120, 'A message could not be published']], 'The connection to the Broker is down.', 'Reconnect.'],
  [
    [[11122, 'A subject could not be subscribed to']],
    'The connection to the Broker is down, or the subject is refused.',
    'Reconnect.',
  ],
  [
    [[11327, 'A subscription could not be ended']],
    'The connection to the Broker was down already.',
    'Nothing needs to be done; it ended with the connection.',
  ],
  [
    [
      [11141, 'The state of a controller cannot be read'],
      [11142, 'The Operator could not be deployed'],
    ],
    'The kubeconfig cannot be read, or its user lacks permissions.',
    'Check that the kubeconfig is readable and that its user may do this.',
  ],
  [
    [[11143, 'The Broker has no public endpoint']],
    'The Service of the Broker gives no address outside the cluster.',
    'Use port-forward, or give the Service an external address.',
  ],
  [
    [[11319, 'There is no endpoint for this port']],
    'The Service does not offer the port.',
    'See which ports the Service of the Broker offers.',
  ],
  [
    [
      [11190, 'A manifest could not be applied'],
      [11191, 'Services could not be discovered'],
      [11192, 'A Helm chart could not be applied'],
    ],
    'The cluster refuses it or does not answer, or the chart cannot be fetched.',
    'Read the reason, check the permissions, then repeat.',
  ],
  [
    [
      [11193, 'A Kubernetes client could not be created'],
      [11194, 'A dynamic Kubernetes client could not be created'],
      [11195, 'A discovery client could not be created'],
      [11196, 'The Kubernetes clients could not be set up'],
    ],
    'The kubeconfig is not valid.',
    'Check the kubeconfig with kubectl and upload it again.',
  ],
  [
    [[11197, 'The endpoint was not found']],
    'The Service has no endpoint.',
    'See whether the pods behind the Service are ready.',
  ],
  [
    [[11198, 'The URL of the API server is not valid']],
    'The kubeconfig names an address that is not a URL.',
    'Correct the field server of the kubeconfig.',
  ],
  [
    [
      [11199, 'The kubeconfig cannot be loaded'],
      [11200, 'The kubeconfig is not valid'],
    ],
    'The file is not a kubeconfig, or refers to what is not there.',
    'Check the file with kubectl and upload it again.',
  ],
  [
    [
      [11201, 'The index of the Helm repository cannot be made'],
      [11202, 'The index of the Helm repository cannot be read'],
      [11203, 'The chart is not in the Helm repository'],
      [11204, 'The version of the chart is not in the Helm repository'],
    ],
    'The repository cannot be reached, or does not hold this chart and version.',
    'Check the address of the repository and the version.',
  ],
  [
    [[11205, 'The configuration of the REST client is not valid']],
    'The kubeconfig is not valid, or no service account is mounted.',
    'Check the kubeconfig or the service account.',
  ],
  [
    [
      [11010, 'A manifest could not be applied'],
      [11011, 'Services could not be discovered'],
      [11017, 'A Kubernetes client could not be created'],
    ],
    'The cluster refuses it or does not answer, or the kubeconfig is not valid.',
    'Check the kubeconfig and its permissions, then repeat. Newer versions use the numbers 11190 to 11196.',
  ],
  [
    [
      [11021, 'The endpoint was not found'],
      [11022, 'The URL of the API server is not valid'],
      [11023, 'The kubeconfig cannot be loaded'],
      [11024, 'The kubeconfig is not valid'],
      [11025, 'The index of the Helm repository cannot be made'],
      [11026, 'The index of the Helm repository cannot be read'],
      [11027, 'The chart is not in the Helm repository'],
      [11028, 'The version of the chart is not in the Helm repository'],
      [11029, 'The configuration of the REST client is not valid'],
      [11030, 'A Kubernetes client could not be set up'],
      [11031, 'A Helm chart could not be applied'],
    ],
    'The kubeconfig, the address or the Helm repository is not as expected; these are the numbers of the published reference.',
    'Check kubeconfig, address and chart version. Newer versions use the numbers 11190 to 11205.',
  ],
];

const operator: readonly Row[] = [
  [
    [
      [1001, 'The MeshSync resource cannot be read'],
      [1002, 'MeshSync’s workload cannot be created'],
      [1003, 'MeshSync could not be reconciled'],
    ],
    'The resource is not valid, or the Operator may not create what belongs to it.',
    'Read the log of the Operator; redeploy MeshSync.',
  ],
  [
    [
      [1004, 'The Broker resource cannot be read'],
      [1005, 'The Broker’s workload cannot be created'],
      [1006, 'The Broker could not be reconciled'],
    ],
    'The resource is not valid, or the Operator may not create what belongs to it.',
    'Read the log of the Operator; redeploy the Broker.',
  ],
  [
    [[1007, 'A resource could not be handled']],
    'The resource is gone or not valid.',
    'See whether the Broker and MeshSync resources exist.',
  ],
  [
    [
      [1008, 'MeshSync could not be deleted'],
      [1009, 'The Broker could not be deleted'],
    ],
    'One of the objects to delete was gone already, or may not be deleted.',
    'See what is left and remove it by name.',
  ],
  [[[1010, 'A health check failed']], 'A workload is not healthy.', 'Read why its pod is not ready.'],
  [
    [
      [1011, 'The Broker’s endpoint cannot be found'],
      [1016, 'The Broker’s endpoint is empty'],
    ],
    'The Service has no address yet.',
    'See whether the load balancer gives an address, or use a ClusterIP with port-forward.',
  ],
  [
    [[1012, 'A resource could not be updated']],
    'Somebody changed it at the same time, or it may not be updated.',
    'The Operator tries again by itself; check its permissions if it stays.',
  ],
  [
    [
      [1013, 'A workload is missing'],
      [1018, 'A resource is missing'],
    ],
    'It was deleted by somebody else.',
    'Redeploy what is missing.',
  ],
  [
    [
      [1014, 'Not all pods are ready'],
      [1019, 'The pods do not get ready'],
    ],
    'A pod cannot start, or fails its readiness check.',
    'Read why the pod is not ready.',
  ],
  [
    [[1015, 'A condition is not met']],
    'A workload reports a failed condition.',
    'Read the condition’s message.',
  ],
  [
    [[1017, 'An object could not be encoded']],
    'The object holds something that JSON cannot carry.',
    'Check the resource; report it if it is right.',
  ],
  [
    [
      [1020, 'The Operator failed in an unexpected way'],
      [1021, 'The Operator could not finish'],
    ],
    'The message beside the code tells the reason.',
    'Read the log of the Operator.',
  ],
];

const meshsync: readonly Row[] = [
  [
    [
      [1001, 'The version cannot be read'],
      [1002, 'The settings cannot be set up'],
      [1003, 'The settings cannot be read'],
    ],
    'The settings of MeshSync are missing or not valid.',
    'Check the MeshSync resource; redeploy MeshSync.',
  ],
  [
    [[1004, 'The configuration object cannot be made']],
    'The watch-list is not valid: not JSON, or whitelist and blacklist together.',
    'Mend the watch-list of the MeshSync resource.',
  ],
  [
    [[1005, 'A pipeline failed']],
    'A kind of object cannot be watched or published.',
    'Read the log; check the permissions and the Broker.',
  ],
  [
    [[1006, 'An informer cannot be started']],
    'A kind of the watch-list does not exist, or may not be listed.',
    'Check the names of the watch-list and MeshSync’s role.',
  ],
  [
    [[1007, 'The kubeconfig cannot be read']],
    'MeshSync runs without a service account or kubeconfig.',
    'Check its service account.',
  ],
  [
    [
      [1008, 'The handling of requests cannot be started'],
      [1009, 'The request subject cannot be subscribed to'],
    ],
    'The Broker cannot be reached.',
    'See whether the Broker runs; restart MeshSync.',
  ],
  [
    [[1010, 'The log of a pod cannot be streamed']],
    'The pod or container is gone, or its log may not be read.',
    'Check the pod’s name and MeshSync’s role.',
  ],
  [[[1011, 'A copy of an object failed']], 'The object could not be read in full.', 'Ask for a full copy.'],
  [
    [[1012, 'A request is not valid']],
    'A server sent a request this version does not know.',
    'Bring server and MeshSync to versions that go together.',
  ],
  [
    [[1013, 'A command in a pod failed']],
    'The pod is gone, or commands in it are not allowed.',
    'Check the pod’s name and MeshSync’s role.',
  ],
  [
    [[1014, 'The cache could not be filled']],
    'The API server is slow, or a kind may not be listed.',
    'Check MeshSync’s role; restart MeshSync.',
  ],
  [
    [[1015, 'The output could not be written']],
    'The file cannot be written, or the Broker does not take it.',
    'Check the path or the Broker.',
  ],
];

export const otherErrors: readonly ErrorReference[] = [
  ...expand('cli', 'meshplayctl', cli),
  ...expand('library', 'meshkit', library),
  ...expand('operator', 'meshery-operator', operator),
  ...expand('meshsync', 'meshsync', meshsync),
];
