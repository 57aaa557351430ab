import { z } from 'zod';
import { ControllerState, Finding, Health, HopState } from './diagnosis.ts';
import { Evidence, Failure } from './evidence.ts';
import { defineRoute } from './route.ts';
import { Family, listOf, Page, Severity, Time } from './shapes.ts';

/** One way into a cluster: a context of a kubeconfig, or the pod’s own service account. */
export const WayIn = z
  .object({
    context: z.string(),
    source: z.string().describe('file path, `in-cluster`, `uploaded` or `sandbox`'),
    user: z.string(),
    isInUse: z.boolean(),
    isTlsVerified: z
      .boolean()
      .optional()
      .describe('false when the certificate of the server is not checked; older bundles do not tell'),
    problem: Failure.optional(),
  })
  .meta({ id: 'WayIn' });
export type WayIn = z.infer<typeof WayIn>;

/** The words of Meshplay’s own connections; `not found` has a space. Source: domain.md 2.6. */
export const LIFECYCLE_STATES = [
  'discovered',
  'registered',
  'connected',
  'disconnected',
  'ignored',
  'maintenance',
  'deleted',
  'not found',
] as const;
export const LifecycleState = z.enum(LIFECYCLE_STATES).meta({ id: 'LifecycleState' });
export type LifecycleState = z.infer<typeof LifecycleState>;

/** What a card shows. */
export const ConnectionSummary = z
  .object({
    id: z.string(),
    name: z.string(),
    server: z.string(),
    origin: z.enum(['kubeconfig', 'in-cluster', 'uploaded', 'sandbox']),
    isTlsVerified: z.boolean().describe('of the way in that is used'),
    uncheckedWays: z
      .array(z.string())
      .optional()
      .describe('contexts not in use that skip the check of the certificate; absent when there is none'),
    health: Health,
    lifecycle: LifecycleState.optional(),
    kubernetesVersion: z.string().optional(),
    families: z.array(Family),
    isServerInCluster: z.boolean(),
    controllers: z.array(ControllerState).length(3),
    hops: z.array(HopState).length(6),
    rootCause: Finding.optional(),
    symptoms: z.number().describe('how many findings follow from the root cause'),
    findings: z.number(),
    changedAt: Time.describe('when what is shown here last changed'),
    seenAt: Time.optional().describe('last time the cluster was observed well'),
    isStale: z.boolean().describe('what is shown is older than it should be'),
    messages: z.number(),
    ratePerSecond: z.number(),
    lastMessageAt: Time.optional(),
    nextTryAt: Time.optional().describe('when an unreachable cluster is tried again'),
  })
  .meta({ id: 'ConnectionSummary' });
export type ConnectionSummary = z.infer<typeof ConnectionSummary>;

export const ConnectionView = ConnectionSummary.extend({
  waysIn: z.array(WayIn),
  clusterUid: z.string().optional(),
  allFindings: z.array(Finding).describe('root cause first, then by severity'),
}).meta({ id: 'ConnectionView' });
export type ConnectionView = z.infer<typeof ConnectionView>;

const ConnectionParams = z.object({ connectionId: z.string().min(1).max(200) });

export const connectionList = defineRoute({
  name: 'connectionList',
  method: 'GET',
  path: '/api/connections',
  summary: 'Every connection with its health, states and root cause',
  query: Page.extend({
    name: z.string().max(200).optional().describe('part of the name, the server or a finding, any case'),
    health: Health.optional(),
    severity: Severity.optional().describe('has a finding of this severity'),
  }),
  response: listOf(ConnectionSummary).extend({
    counts: z
      .object({
        healthy: z.number(),
        'needs-attention': z.number(),
        broken: z.number(),
        changing: z.number(),
        unknown: z.number(),
      })
      .describe('of all connections, whatever the filter'),
  }),
  errors: ['invalid-request'],
});

export const connectionView = defineRoute({
  name: 'connectionView',
  method: 'GET',
  path: '/api/connections/:connectionId',
  summary: 'One connection with all its findings and ways in',
  params: ConnectionParams,
  response: ConnectionView,
  errors: ['not-found'],
});

export const connectionEvidence = defineRoute({
  name: 'connectionEvidence',
  method: 'GET',
  path: '/api/connections/:connectionId/evidence',
  summary: 'Everything that was observed of one connection',
  params: ConnectionParams,
  response: Evidence,
  errors: ['not-found'],
});

export const connectionRefresh = defineRoute({
  name: 'connectionRefresh',
  method: 'POST',
  path: '/api/connections/:connectionId/refresh',
  summary: 'Looks again now, and answers when the effect has been observed',
  params: ConnectionParams,
  response: z.object({ refreshedAt: Time, isComplete: z.boolean(), waitingFor: z.array(z.string()) }),
  errors: ['not-found'],
});

export const connectionRefreshAll = defineRoute({
  name: 'connectionRefreshAll',
  method: 'POST',
  path: '/api/connections/refresh',
  summary: 'Looks again at every connection, and answers when the effect has been observed',
  response: z.object({ refreshedAt: Time, isComplete: z.boolean(), waitingFor: z.array(z.string()) }),
  errors: [],
});
