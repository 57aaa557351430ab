import { z } from 'zod';
import { defineRoute } from './route.ts';
import { Hop, Time } from './shapes.ts';

/** The ad hoc tests of the guide, each a group of checks. */
export const CHECK_SUITES = ['kubernetes', 'operator', 'broker', 'meshsync', 'server', 'synthetic'] as const;
export const CheckSuite = z.enum(CHECK_SUITES).meta({ id: 'CheckSuite' });
export type CheckSuite = z.infer<typeof CheckSuite>;

export const CheckResult = z
  .object({
    id: z.string().describe('`<suite>-<what>`'),
    suite: CheckSuite,
    hop: Hop,
    title: z.string().describe('what was asked, as a statement: “The API server answers”'),
    status: z.enum(['waiting', 'running', 'pass', 'warn', 'fail', 'skip']),
    observed: z.string().optional().describe('what was seen, in words'),
    evidence: z.array(z.string()).describe('details, one a line'),
    durationMs: z.number().optional(),
    skippedBecause: z.string().optional().describe('id of the check that failed, or why it does not apply'),
    remedy: z.string().optional(),
    command: z.string().optional().describe('to be copied'),
    reference: z.string().optional().describe('a code of the error reference'),
  })
  .meta({ id: 'CheckResult' });
export type CheckResult = z.infer<typeof CheckResult>;

/** One press of *Test*. */
export const CheckRun = z
  .object({
    id: z.string(),
    connectionId: z.string(),
    connectionName: z.string(),
    suites: z.array(CheckSuite),
    status: z.enum(['running', 'done', 'cancelled']),
    startedAt: Time,
    endedAt: Time.optional(),
    durationMs: z.number().optional(),
    results: z.array(CheckResult),
    rootCause: z.string().optional().describe('id of the check that explains the others'),
    counts: z.object({ pass: z.number(), warn: z.number(), fail: z.number(), skip: z.number() }),
  })
  .meta({ id: 'CheckRun' });
export type CheckRun = z.infer<typeof CheckRun>;

const RunParams = z.object({ runId: z.string().min(1).max(100) });

export const checkStart = defineRoute({
  name: 'checkStart',
  method: 'POST',
  path: '/api/checks',
  summary: 'Tests a connection now; results come as they are found, see checkView',
  body: z.object({
    connectionId: z.string().max(200),
    suites: z.array(CheckSuite).min(1).default(['kubernetes', 'operator', 'broker', 'meshsync', 'server']),
  }),
  response: CheckRun,
  status: 202,
  errors: ['invalid-request', 'not-found', 'too-many-requests'],
});

export const checkView = defineRoute({
  name: 'checkView',
  method: 'GET',
  path: '/api/checks/:runId',
  summary: 'The results so far',
  params: RunParams,
  query: z.object({
    waitMs: z.coerce
      .number()
      .int()
      .min(0)
      .max(20_000)
      .default(0)
      .describe('answer when the run has ended, or after this'),
  }),
  response: CheckRun,
  errors: ['not-found', 'invalid-request'],
});

export const checkCancel = defineRoute({
  name: 'checkCancel',
  method: 'POST',
  path: '/api/checks/:runId/cancel',
  summary: 'Ends a run; what was found stays',
  params: RunParams,
  response: CheckRun,
  errors: ['not-found'],
});
