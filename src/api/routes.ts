import * as activity from './activity.ts';
import * as bundle from './bundle.ts';
import * as check from './check.ts';
import * as connection from './connection.ts';
import * as database from './database.ts';
import * as event from './event.ts';
import * as kubeconfigUpload from './kubeconfig-upload.ts';
import * as kubeconfig from './kubeconfig.ts';
import * as lifecycle from './lifecycle.ts';
import * as log from './log.ts';
import * as operation from './operation.ts';
import * as resource from './resource.ts';
import type { Route, RouteInput, RouteReplyInput } from './route.ts';
import * as sandbox from './sandbox.ts';
import * as server from './server.ts';
import * as synthetic from './synthetic.ts';

/** The whole contract: every request there is, by name. Fixed paths stand before those with parameters. */
export const routes = {
  serverView: server.serverView,
  healthView: server.healthView,
  connectionList: connection.connectionList,
  connectionRefreshAll: connection.connectionRefreshAll,
  connectionView: connection.connectionView,
  connectionEvidence: connection.connectionEvidence,
  connectionRefresh: connection.connectionRefresh,
  connectionLogs: log.connectionLogs,
  connectionTransition: lifecycle.connectionTransition,
  connectionRename: lifecycle.connectionRename,
  connectionReplaceCredentials: kubeconfigUpload.connectionReplaceCredentials,
  eventList: event.eventList,
  eventRead: event.eventRead,
  activityView: activity.activityView,
  resourceList: resource.resourceList,
  resourceKinds: resource.resourceKinds,
  resourceView: resource.resourceView,
  freshnessView: resource.freshnessView,
  rateView: resource.rateView,
  driftView: resource.driftView,
  driftCheck: resource.driftCheck,
  driftRepair: resource.driftRepair,
  syntheticView: synthetic.syntheticView,
  syntheticSchedule: synthetic.syntheticSchedule,
  databaseView: database.databaseView,
  databaseCheck: database.databaseCheck,
  operationPreview: operation.operationPreview,
  operationStart: operation.operationStart,
  operationList: operation.operationList,
  operationView: operation.operationView,
  operationCancel: operation.operationCancel,
  operationResume: operation.operationResume,
  operationDismiss: operation.operationDismiss,
  checkStart: check.checkStart,
  checkView: check.checkView,
  checkCancel: check.checkCancel,
  bundlePreview: bundle.bundlePreview,
  bundleDownload: bundle.bundleDownload,
  kubeconfigView: kubeconfig.kubeconfigView,
  kubeconfigRediscover: kubeconfig.kubeconfigRediscover,
  kubeconfigPreview: kubeconfigUpload.kubeconfigPreview,
  kubeconfigAdd: kubeconfigUpload.kubeconfigAdd,
  kubeconfigShow: kubeconfigUpload.kubeconfigShow,
  sandboxView: sandbox.sandboxView,
  sandboxEnter: sandbox.sandboxEnter,
  sandboxRemove: sandbox.sandboxRemove,
  sandboxFaultInject: sandbox.sandboxFaultInject,
} as const satisfies Record<string, Route>;

export type Routes = typeof routes;
export type RouteName = keyof Routes;

/** One function a route; a missing handler or a drifting reply does not compile. */
export type Handlers<Context> = {
  readonly [N in RouteName]: (
    input: RouteInput<Routes[N]>,
    context: Context,
  ) => Promise<RouteReplyInput<Routes[N]>> | RouteReplyInput<Routes[N]>;
};
