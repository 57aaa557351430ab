import { z } from 'zod';
import { DatabaseProblem, IntakeCounters, RejectedMessages } from './database.ts';
import { defineRoute } from './route.ts';
import { Time } from './shapes.ts';

/** One object of a cluster, as the table shows it. */
export const Resource = z
  .object({
    connectionId: z
      .string()
      .optional()
      .describe('a connection that leads to its cluster, where there is one'),
    clusterUid: z.string(),
    apiVersion: z.string(),
    kind: z.string(),
    namespace: z.string().describe('empty where it has none'),
    name: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    labels: z.record(z.string(), z.string()),
    owners: z.array(
      z.object({ apiVersion: z.string(), kind: z.string(), name: z.string(), uid: z.string() }),
    ),
    createdAt: Time.optional(),
    firstSeenAt: Time,
    lastSeenAt: Time.describe('last time MeshSync spoke of it'),
  })
  .meta({ id: 'Resource' });
export type Resource = z.infer<typeof Resource>;

/** A filter of several words, with commas between them. */
const Words = z
  .string()
  .max(4000)
  .transform((value) =>
    value
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  )
  .pipe(z.array(z.string().max(253)).max(50));

const Where = z.object({
  connectionId: z.string().max(200).optional(),
  clusterUid: z.string().max(200).optional(),
});

export const resourceList = defineRoute({
  name: 'resourceList',
  method: 'GET',
  path: '/api/resources',
  summary: 'Objects of the clusters as MeshSync sent them; the nodes of the main cluster while it sent none',
  query: Where.extend({
    kinds: Words.optional(),
    namespaces: Words.optional(),
    search: z
      .string()
      .max(200)
      .optional()
      .describe('words of the name and the labels; each must match; the end of the last may be missing'),
    cursor: z.string().max(600).optional().describe('`nextCursor` of the page before'),
    limit: z.coerce.number().int().min(1).max(1000).default(200),
  }),
  response: z.object({
    items: z.array(Resource),
    nextCursor: z.string().optional(),
    total: z
      .number()
      .optional()
      .describe('rows under this filter; absent for a search, which is not counted'),
    source: z
      .enum(['database', 'live'])
      .describe('`live`: read from the API just now, because the database is empty'),
    notice: z.string().optional().describe('what to know about these rows, and what to do'),
    problem: DatabaseProblem.optional(),
  }),
  errors: ['invalid-request', 'not-found', 'not-available'],
});

export const resourceView = defineRoute({
  name: 'resourceView',
  method: 'GET',
  path: '/api/resources/object',
  summary: 'One object, with its YAML; the values of a Secret are redacted',
  query: Where.extend({
    apiVersion: z.string().max(300),
    kind: z.string().max(253),
    namespace: z.string().max(253).default(''),
    name: z.string().max(253),
  }),
  response: Resource.extend({
    annotations: z.record(z.string(), z.string()),
    yaml: z.string(),
    source: z.enum(['database', 'live']),
  }),
  errors: ['invalid-request', 'not-found', 'not-available'],
});

export const KindCount = z
  .object({
    apiVersion: z.string(),
    kind: z.string(),
    rows: z.number(),
    namespaces: z.array(z.object({ namespace: z.string(), rows: z.number() })),
  })
  .meta({ id: 'KindCount' });
export type KindCount = z.infer<typeof KindCount>;

export const resourceKinds = defineRoute({
  name: 'resourceKinds',
  method: 'GET',
  path: '/api/resources/kinds',
  summary: 'How many objects of each kind there are, in each namespace',
  query: Where,
  response: z.object({ kinds: z.array(KindCount), rows: z.number(), problem: DatabaseProblem.optional() }),
  errors: ['invalid-request', 'not-found', 'not-available'],
});

/** How fresh the rows of one kind are. */
export const KindFreshness = z
  .object({
    kind: z.string(),
    rows: z.number(),
    messages: z.number().describe('since the server started'),
    lastMessageAt: Time.optional(),
    ratePerSecond: z.number().describe('over the last minute'),
  })
  .meta({ id: 'KindFreshness' });
export type KindFreshness = z.infer<typeof KindFreshness>;

/** How fresh the data of one connection is. */
export const Freshness = z
  .object({
    connectionId: z.string(),
    clusterUid: z.string().optional(),
    rows: z.number(),
    lastMessageAt: Time.optional(),
    lastStoredAt: Time.optional(),
    ratePerSecond: z.number(),
    isStale: z.boolean(),
    staleAfterSeconds: z.number().describe('silence longer than this is unusual for this cluster'),
    waiting: z.number(),
    oldestWaitingAt: Time.optional().describe('when the oldest message that is not stored yet arrived'),
    needsResync: z.boolean().describe('something was lost, and MeshSync must be asked for everything again'),
    meshsyncVersion: z.string().optional(),
    counters: IntakeCounters,
    rejected: z.array(RejectedMessages),
    kinds: z.array(KindFreshness),
  })
  .meta({ id: 'Freshness' });
export type Freshness = z.infer<typeof Freshness>;

const ConnectionParams = z.object({ connectionId: z.string().min(1).max(200) });

export const freshnessView = defineRoute({
  name: 'freshnessView',
  method: 'GET',
  path: '/api/connections/:connectionId/freshness',
  summary: 'When data of this connection last arrived and was stored, per kind',
  params: ConnectionParams,
  response: Freshness,
  errors: ['not-found'],
});

export const rateView = defineRoute({
  name: 'rateView',
  method: 'GET',
  path: '/api/connections/:connectionId/rates',
  summary:
    'Messages, bytes, errors and the time to store them, in steps of ten seconds over the last hour, or since it is counted',
  params: ConnectionParams,
  response: z.object({
    stepSeconds: z.number(),
    endAt: Time.describe('end of the last step'),
    messages: z.array(z.number()).describe('oldest first, as are the others'),
    bytes: z.array(z.number()),
    errors: z.array(z.number()),
    storeMs: z.array(z.number()).describe('mean time from arrival to stored; 0 where nothing was stored'),
  }),
  errors: ['not-found'],
});

const DriftRow = z.object({
  namespace: z.string(),
  name: z.string(),
  cached: z.string().optional().describe('resource version in the database'),
  actual: z.string().optional().describe('resource version in the cluster'),
});

export const KindDrift = z
  .object({
    apiVersion: z.string(),
    kind: z.string(),
    outcome: z
      .enum(['compared', 'not-sent', 'skipped'])
      .describe(
        '`not-sent`: the cluster has some and MeshSync sent none of the kind; `skipped`: could not be compared',
      ),
    because: z.string().optional(),
    inCluster: z.number(),
    inDatabase: z.number(),
    ghosts: z.number().describe('in the database, no longer in the cluster'),
    missing: z.number().describe('in the cluster, not in the database'),
    outdated: z.number().describe('in both, older in the database'),
    samples: z.object({ ghosts: z.array(DriftRow), missing: z.array(DriftRow), outdated: z.array(DriftRow) }),
  })
  .meta({ id: 'KindDrift' });
export type KindDrift = z.infer<typeof KindDrift>;

export const Drift = z
  .object({
    connectionId: z.string(),
    clusterUid: z.string(),
    startedAt: Time,
    endedAt: Time,
    ghosts: z.number(),
    missing: z.number(),
    outdated: z.number(),
    compared: z.number().describe('objects of the cluster that were compared'),
    kinds: z.array(KindDrift),
    repair: z
      .object({ removed: z.number(), stored: z.number(), failed: z.number(), left: z.number() })
      .optional()
      .describe('what was mended; `left` is what one repair does not reach, press again'),
  })
  .meta({ id: 'Drift' });
export type Drift = z.infer<typeof Drift>;

export const driftView = defineRoute({
  name: 'driftView',
  method: 'GET',
  path: '/api/connections/:connectionId/drift',
  summary: 'The last comparison of the database with the cluster',
  params: ConnectionParams,
  response: z.object({ isRunning: z.boolean(), last: Drift.optional(), problem: z.string().optional() }),
  errors: ['not-found'],
});

export const driftCheck = defineRoute({
  name: 'driftCheck',
  method: 'POST',
  path: '/api/connections/:connectionId/drift/check',
  summary: 'Compares the database with the cluster, by metadata alone, and answers with what differs',
  params: ConnectionParams,
  response: Drift,
  errors: ['not-found', 'not-available', 'cluster-unreachable', 'cluster-refused'],
});

export const driftRepair = defineRoute({
  name: 'driftRepair',
  method: 'POST',
  path: '/api/connections/:connectionId/drift/repair',
  summary: 'Compares again, and mends the rows that differ and no others',
  params: ConnectionParams,
  response: Drift,
  errors: ['not-found', 'not-available', 'cluster-unreachable', 'cluster-refused'],
});
