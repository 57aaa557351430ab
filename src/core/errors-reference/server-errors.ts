import { type ErrorReference, expand, type Row } from './error-reference.ts';

const rows: readonly Row[] = [
  [
    [
      [1015, 'The Kubernetes configuration is missing'],
      [1139, 'The Kubernetes client is not initialised'],
      [1170, 'The Kubernetes client could not be made'],
      [1174, 'The Kubernetes client of the operator is not initialised'],
      [1181, 'The Kubernetes configuration of the context is missing'],
      [1185, 'The client that acts on the operator is not initialised'],
      [1190, 'The Kubernetes client of the context is missing'],
    ],
    'The server cannot read a kubeconfig, or the one it has is not valid.',
    'Upload a kubeconfig in Settings. Right after an upload, wait a minute and look again.',
  ],
  [
    [
      [1036, 'The uploaded form holds no kubeconfig'],
      [1037, 'The uploaded kubeconfig cannot be read'],
      [1038, 'The kubeconfig cannot be loaded'],
    ],
    'The kubeconfig is absent, empty, or not valid YAML of the right shape.',
    'Check the file with kubectl and upload it again.',
  ],
  [
    [
      [1040, 'The version of Kubernetes cannot be asked'],
      [1060, 'The Kubernetes API does not answer a ping'],
    ],
    'The Kubernetes API cannot be reached from the server.',
    'Restore the way to the API server, then test the context again.',
  ],
  [[[1050, 'The user’s token is not accepted']], 'The login has expired.', 'Log in again.'],
  [
    [
      [1051, 'Saving failed'],
      [1052, 'Deleting failed'],
    ],
    'The database of the provider does not answer.',
    'Bring the provider’s database up, then repeat.',
  ],
  [
    [
      [1066, 'A Kubernetes client could not be created'],
      [1095, 'The Kubernetes configuration is not valid'],
      [1096, 'The cluster is not available'],
      [1097, 'The context is not valid'],
    ],
    'The kubeconfig is faulty, its credentials are not accepted, or the network was interrupted.',
    'Check that the API server answers kubectl with this context, or upload a new kubeconfig.',
  ],
  [
    [[1076, 'The context cannot be changed']],
    'The uploaded kubeconfig has no context of that name.',
    'Check the name, or upload the kubeconfig again.',
  ],
  [
    [[1118, 'Events cannot be listed']],
    'The query names an unknown field, or the database is damaged.',
    'Check the request; if it is right, reset the database.',
  ],
  [
    [
      [1119, 'An event cannot be updated'],
      [1120, 'An event cannot be deleted'],
      [1121, 'The status of an event is not valid'],
      [1122, 'Events cannot be updated together'],
      [1123, 'Events cannot be deleted together'],
    ],
    'The event is gone, the status is not one of those allowed, or the database is damaged.',
    'Refresh the list and check the filter; if it stays, reset the database.',
  ],
  [
    [[1124, 'MeshSync’s resources cannot be listed']],
    'MeshSync cannot be reached, or the database is damaged.',
    'Look at MeshSync’s state, then restart the server; reset the database if it is damaged.',
  ],
  [
    [[1126, 'Connections cannot be listed']],
    'The cluster behind the connection is not well.',
    'Look at the connection’s health in the header, and at its findings.',
  ],
  [
    [
      [1171, 'MeshSync’s data cannot be written'],
      [1182, 'MeshSync’s data cannot be updated'],
      [1183, 'MeshSync’s data cannot be deleted'],
    ],
    'The database has crashed or does not answer.',
    'Restart the server; look for room on the disk.',
  ],
  [
    [
      [1172, 'A query of the database failed'],
      [1195, 'The namespaces cannot be listed'],
      [1205, 'The resources of the cluster cannot be listed'],
      [1209, 'The telemetry components cannot be listed'],
    ],
    'A table is missing or damaged.',
    'Reset the database; it is a cache and fills again.',
  ],
  [
    [
      [1173, 'The subscription to MeshSync’s events failed'],
      [1186, 'The subscription to MeshSync’s state failed'],
      [1187, 'The subscription to the Operator’s state failed'],
    ],
    'The network between the browser and the server was interrupted.',
    'Check that network and reload the page.',
  ],
  [
    [
      [1175, 'A channel of the Broker cannot be subscribed to'],
      [1176, 'A message cannot be published to the Broker'],
      [1191, 'The Broker’s subscription failed'],
    ],
    'The Broker has crashed, or the network to it is interrupted.',
    'Check that the Broker runs and can be reached from the server, then reconnect.',
  ],
  [
    [
      [1177, 'The handler of the database is not initialised'],
      [1349, 'The handler of the database is missing'],
    ],
    'The database is down, its path is wrong, or the server may not write there.',
    'Check the path and its permissions, then restart the server.',
  ],
  [
    [[1178, 'The Operator’s chart could not be applied']],
    'The cluster is not connected, or a partial install left objects behind.',
    'Reconnect the cluster, clean what remains, and install again.',
  ],
  [
    [
      [1179, 'The controllers’ states cannot be followed'],
      [1180, 'MeshSync’s events cannot be followed'],
    ],
    'The controllers are not deployed, or the server has no handler for them.',
    'See whether Operator, MeshSync and Broker are deployed, then reconnect.',
  ],
  [
    [[1192, 'MeshSync is disabled']],
    'The Operator is not running, or crashes.',
    'Enable the Operator in Settings, and read the log of its pod.',
  ],
  [
    [[1194, 'The Broker is not connected']],
    'The Broker has crashed or cannot be reached.',
    'Check the way to the Broker and reconnect; the existing server needs a restart.',
  ],
  [
    [[1199, 'No current context']],
    'No context is selected. The text of the original speaks of a crashed server, which misleads.',
    'Select a context, or upload a kubeconfig.',
  ],
  [
    [[1203, 'A context cannot be fetched from the remote provider']],
    'The network to the provider is interrupted.',
    'Try again when the provider answers.',
  ],
  [
    [
      [1213, 'The object mapper of the database failed'],
      [1312, 'A record cannot be created'],
      [1241, 'There is no connection to the database'],
      [1243, 'The database cannot be opened'],
    ],
    'The database is damaged or closed, or the record exists already.',
    'Check the file of the database; reset it if it is damaged.',
  ],
  [
    [
      [1214, 'This change of state is not allowed'],
      [1215, 'This event is not known to the connection'],
    ],
    'The state asked for cannot follow the present one.',
    'Choose one of the states that are offered.',
  ],
  [
    [
      [1216, 'The connection’s life cycle could not be started'],
      [1217, 'The connection’s context has another type than expected'],
      [1218, 'The connection’s data has another type than expected'],
    ],
    'The connection’s id is not a UUID, or an old life cycle is still in memory.',
    'Remove the connection and create it again.',
  ],
  [
    [[1228, 'The local provider cannot do this']],
    'The feature needs a remote provider.',
    'Switch to a remote provider, or do without.',
  ],
  [
    [[1292, 'The Broker was not found']],
    'No Broker is deployed. The text of the original speaks of Grafana by mistake.',
    'Deploy the Operator, which deploys the Broker.',
  ],
  [
    [[1293, 'The Operator’s deployment cannot be configured']],
    'The newest release could not be looked up.',
    'Check that the server reaches the internet, or name the version.',
  ],
  [
    [
      [1294, 'The request for MeshSync’s store failed'],
      [1295, 'The subscription at the Broker failed'],
    ],
    'The Broker is not well, or cannot be reached.',
    'Look at the Broker’s state, then reconnect.',
  ],
  [
    [[1296, 'The context is stored already']],
    'The same context was imported twice; this is harmless.',
    'Nothing needs to be done.',
  ],
  [
    [
      [1303, 'An event was not stored'],
      [1305, 'MeshSync’s data could not be flushed'],
    ],
    'The database cannot be reached.',
    'Restart the server; reset the database if it stays.',
  ],
  [
    [[1304, 'The Kubernetes API cannot be reached']],
    'The network is interrupted, or the credentials are not valid.',
    'Check both. Only for a test cluster: insecure-skip-tls-verify.',
  ],
  [
    [
      [1306, 'The state of the connection cannot be changed'],
      [1309, 'The connection cannot be stored'],
    ],
    'The connection was deleted, the user may not change it, or the object is not valid.',
    'Refresh the list and check the rights of the user.',
  ],
  [
    [
      [1325, 'The in-cluster context cannot be made'],
      [1326, 'The in-cluster context is empty'],
      [1327, 'The context cannot be saved'],
      [1330, 'The context cannot be read'],
      [1331, 'The context cannot be loaded'],
    ],
    'The service account of the pod or the kubeconfig cannot be read.',
    'Check the service account of the server’s pod, or upload a kubeconfig.',
  ],
  [
    [
      [1346, 'No handler for this Kubernetes context'],
      [1347, 'The cluster’s id cannot be read'],
    ],
    'The context is not valid, the configuration is missing, or the network is interrupted.',
    'Check the context, and that its user may get the namespace kube-system.',
  ],
  [
    [
      [1007, 'The tables of the database cannot be created'],
      [1011, 'The database cannot be closed'],
    ],
    'The database is damaged or held by another process.',
    'Restart the server; reset the database if it stays.',
  ],
];

export const serverErrors: readonly ErrorReference[] = expand('server', 'meshplay-server', rows);
