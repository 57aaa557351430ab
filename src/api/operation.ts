import { z } from 'zod';
import { defineRoute } from './route.ts';
import { Controller, CONTROLLERS, Family, listOf, Page, Time } from './shapes.ts';

/** Everything that changes a cluster or the database. */
export const OPERATION_KINDS = [
  'install',
  'redeploy',
  'uninstall',
  'adopt',
  'cleanup-orphans',
  'release-finalizers',
  'reconnect',
  'resync',
  'flush',
  'reset-database',
  'restore-database',
  'synthetic-test',
] as const;
export const OperationKind = z.enum(OPERATION_KINDS).meta({ id: 'OperationKind' });
export type OperationKind = z.infer<typeof OperationKind>;

/** What a person may choose for what is installed; all of it optional. */
export const InstallOptions = z
  .object({
    family: Family.optional().describe('Meshplay unless the cluster already has Meshery'),
    generation: z
      .enum(['old', 'new'])
      .optional()
      .describe('of the Meshery operator; new unless the cluster has the old'),
    namespace: z
      .string()
      .regex(
        /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
        'a namespace is a DNS label: lower case letters, digits and dashes',
      )
      .optional(),
    registry: z.string().max(200).optional().describe('put before every image name'),
    operatorImage: z.string().max(300).optional(),
    version: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, 'a version is an image tag')
      .optional(),
    pullSecret: z.string().max(253).optional(),
    brokerService: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']).optional(),
    watchList: z.array(z.string().max(200)).max(200).optional().describe('`<plural>.<version>.<group>` each'),
  })
  .meta({ id: 'InstallOptions' });
export type InstallOptions = z.infer<typeof InstallOptions>;

/** The finding an operation is to mend, and the connection it was found on. */
export const MendedFinding = z
  .object({
    code: z.string().regex(/^MT-[KOMBSD]-\d{2}$/, 'the code of a finding looks like MT-B-01'),
    connectionId: z.string().min(1).max(200),
  })
  .meta({ id: 'MendedFinding' });
export type MendedFinding = z.infer<typeof MendedFinding>;

/** What has become of a finding after the operation that was to mend it. */
export const Recheck = z
  .object({
    code: z.string(),
    connectionId: z.string(),
    summary: z.string().describe('what was wrong when the operation began'),
    verdict: z.enum(['fixed', 'still-there', 'not-known']),
    observed: z.string().describe('what is seen now, or why nothing can be seen'),
    replacedBy: z.string().optional().describe('code of the finding that stands in its place now'),
  })
  .meta({ id: 'Recheck' });
export type Recheck = z.infer<typeof Recheck>;

export const OperationRequest = z
  .object({
    kind: OperationKind,
    connectionId: z.string().max(200).optional().describe('not for the database’s own operations'),
    controllers: z
      .array(Controller)
      .min(1)
      .default([...CONTROLLERS]),
    install: InstallOptions.default({}),
    removeDefinitions: z.boolean().default(false).describe('uninstall: the CRDs too'),
    removeNamespace: z.boolean().default(false).describe('uninstall: the namespace too'),
    releaseFinalizers: z
      .boolean()
      .default(false)
      .describe('consent to release finalizers nobody will finish'),
    copyId: z.string().max(200).optional().describe('restore-database: which copy'),
    mends: MendedFinding.optional().describe('looked for again at the end, see `recheck` of the operation'),
    confirm: z
      .string()
      .max(300)
      .optional()
      .describe('the name asked for by the preview of a destructive operation'),
  })
  .meta({ id: 'OperationRequest' });
export type OperationRequest = z.infer<typeof OperationRequest>;

export const STEP_STATUSES = ['waiting', 'running', 'done', 'failed', 'skipped', 'cancelled'] as const;
export const OperationStep = z
  .object({
    title: z.string(),
    status: z.enum(STEP_STATUSES),
    startedAt: Time.optional(),
    endedAt: Time.optional(),
    message: z.string().optional().describe('what it waits for, or how it ended'),
    details: z.array(z.string()).describe('the objects touched, one a line'),
  })
  .meta({ id: 'OperationStep' });
export type OperationStep = z.infer<typeof OperationStep>;

/** A hop of the synthetic test: how long after the change it was seen there. */
export const SyntheticHop = z.object({
  hop: z.string(),
  title: z.string(),
  afterMs: z.number().optional().describe('since the change it follows; absent when it never answered'),
  startMs: z.number().optional().describe('since the test began: when the hop before it was done'),
  endMs: z.number().optional().describe('since the test began: when it was seen there'),
});
export type SyntheticHop = z.infer<typeof SyntheticHop>;

export const Operation = z
  .object({
    id: z.string(),
    kind: OperationKind,
    title: z.string().describe('“Install Operator, MeshSync and Broker”'),
    connectionId: z.string().optional(),
    connectionName: z.string().optional(),
    controllers: z.array(Controller),
    actor: z.string(),
    status: z.enum(['running', 'succeeded', 'failed', 'cancelled', 'interrupted']),
    startedAt: Time,
    endedAt: Time.optional(),
    steps: z.array(OperationStep),
    summary: z.string().optional().describe('how it ended, in a sentence'),
    remedy: z.string().optional().describe('what to do when it did not succeed'),
    left: z.array(z.string()).optional().describe('uninstall: the objects that are still there'),
    hops: z.array(SyntheticHop).optional().describe('synthetic test only'),
    recheck: Recheck.optional().describe('of an ended operation that was to mend a finding'),
    canCancel: z.boolean(),
    canResume: z.boolean(),
    isDismissed: z.boolean(),
  })
  .meta({ id: 'Operation' });
export type Operation = z.infer<typeof Operation>;

export const ObjectChange = z
  .object({
    action: z
      .enum(['create', 'change', 'replace', 'remove', 'keep'])
      .describe('replace: it cannot be changed, so it is deleted and made anew'),
    apiVersion: z.string(),
    kind: z.string(),
    namespace: z.string().optional(),
    name: z.string(),
    note: z.string().optional().describe('why: owned by somebody else, for instance'),
    yaml: z.string().optional().describe('what would be applied'),
  })
  .meta({ id: 'ObjectChange' });
export type ObjectChange = z.infer<typeof ObjectChange>;

export const OperationPreview = z
  .object({
    title: z.string(),
    changes: z.array(ObjectChange),
    steps: z.array(z.string()),
    warnings: z.array(z.string()),
    refusal: z.string().optional().describe('why it cannot be started now'),
    confirmName: z.string().optional().describe('to be sent as `confirm`; asked only for what destroys'),
  })
  .meta({ id: 'OperationPreview' });
export type OperationPreview = z.infer<typeof OperationPreview>;

const OperationParams = z.object({ operationId: z.string().min(1).max(100) });

export const operationPreview = defineRoute({
  name: 'operationPreview',
  method: 'POST',
  path: '/api/operations/preview',
  summary: 'The exact objects an operation would create, change or remove, by a dry run on the server',
  body: OperationRequest,
  response: OperationPreview,
  errors: ['invalid-request', 'not-found', 'cluster-unreachable', 'cluster-refused'],
});

export const operationStart = defineRoute({
  name: 'operationStart',
  method: 'POST',
  path: '/api/operations',
  summary: 'Starts an operation; one at a time on a connection',
  body: OperationRequest,
  response: Operation,
  status: 202,
  errors: [
    'invalid-request',
    'not-found',
    'conflict',
    'unprocessable',
    'cluster-unreachable',
    'cluster-refused',
    'not-available',
  ],
});

export const operationList = defineRoute({
  name: 'operationList',
  method: 'GET',
  path: '/api/operations',
  summary: 'Every operation, newest first',
  query: Page.extend({
    connectionId: z.string().max(200).optional(),
    kind: OperationKind.optional(),
    status: Operation.shape.status.optional(),
    open: z.stringbool().optional().describe('only running ones and those not dismissed yet'),
  }),
  response: listOf(Operation),
  errors: ['invalid-request'],
});

export const operationView = defineRoute({
  name: 'operationView',
  method: 'GET',
  path: '/api/operations/:operationId',
  summary: 'One operation with its steps',
  params: OperationParams,
  response: Operation,
  errors: ['not-found'],
});

export const operationCancel = defineRoute({
  name: 'operationCancel',
  method: 'POST',
  path: '/api/operations/:operationId/cancel',
  summary: 'Stops a running operation after what it is just doing',
  params: OperationParams,
  response: Operation,
  errors: ['not-found', 'conflict'],
});

export const operationResume = defineRoute({
  name: 'operationResume',
  method: 'POST',
  path: '/api/operations/:operationId/resume',
  summary: 'Starts an interrupted, failed or cancelled operation again',
  params: OperationParams,
  response: Operation,
  status: 202,
  errors: ['not-found', 'conflict', 'unprocessable', 'not-available'],
});

export const operationDismiss = defineRoute({
  name: 'operationDismiss',
  method: 'POST',
  path: '/api/operations/:operationId/dismiss',
  summary: 'Puts the result of an ended operation away',
  params: OperationParams,
  response: Operation,
  errors: ['not-found', 'conflict'],
});
