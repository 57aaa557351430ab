import { z } from 'zod';
import { CheckRun } from './check.ts';
import { ConnectionView } from './connection.ts';
import { Event } from './event.ts';
import { Evidence } from './evidence.ts';
import { ControllerLog } from './log.ts';
import { Operation } from './operation.ts';
import { defineRoute } from './route.ts';
import { Time } from './shapes.ts';

/** Goes up when a reader of the former version could misread the new one. */
export const BUNDLE_VERSION = 1;

export const REDACTION_KINDS = [
  'known-secret',
  'pem',
  'secret-data',
  'token',
  'userinfo',
  'password',
  'long-value',
  'email',
] as const;
export const RedactionKind = z.enum(REDACTION_KINDS).meta({ id: 'RedactionKind' });
export type RedactionKind = z.infer<typeof RedactionKind>;

/** What was taken out of one part before it left; equal values have equal placeholders, so they can still be compared. */
export const Redaction = z
  .object({ part: z.string(), kind: RedactionKind, count: z.number() })
  .meta({ id: 'Redaction' });
export type Redaction = z.infer<typeof Redaction>;

const BundledConnection = z
  .object({
    view: ConnectionView.describe('as it was shown'),
    evidence: Evidence,
    observedSinceAt: Time.describe('when observing began; the rules count from it'),
    isOperationRunning: z.boolean(),
    check: CheckRun.optional().describe('the last test'),
    logs: z.array(ControllerLog),
  })
  .meta({ id: 'BundledConnection' });
export type BundledConnection = z.infer<typeof BundledConnection>;

/** Everything needed to judge somewhere else what was wrong here. Plain data without secrets. */
export const Bundle = z
  .object({
    format: z.literal('meshplay-troubleshooter-bundle'),
    formatVersion: z.literal(BUNDLE_VERSION),
    takenAt: Time,
    product: z.object({ version: z.string(), runtime: z.string() }),
    connections: z.array(BundledConnection),
    operations: z.array(Operation),
    events: z.array(Event),
    redactions: z.array(Redaction).describe('what was taken out, by part and kind'),
  })
  .meta({ id: 'Bundle' });
export type Bundle = z.infer<typeof Bundle>;

const BundleQuery = z.object({
  connectionId: z.string().max(200).optional().describe('only this one; all of them unless given'),
  logs: z.stringbool().optional().describe('`false` leaves the logs out'),
});

export const bundlePreview = defineRoute({
  name: 'bundlePreview',
  method: 'GET',
  path: '/api/bundle/preview',
  summary: 'What a support bundle would hold now, and what would be taken out of it',
  query: BundleQuery,
  response: z.object({
    takenAt: Time,
    sizeBytes: z.number(),
    parts: z.array(z.object({ part: z.string(), items: z.number(), sizeBytes: z.number() })),
    connections: z.array(z.string()),
    redactions: z.array(Redaction),
    notRead: z.array(z.string()).describe('logs that could not be read, and why'),
  }),
  errors: ['not-found', 'invalid-request'],
});

export const bundleDownload = defineRoute({
  name: 'bundleDownload',
  method: 'GET',
  path: '/api/bundle',
  summary:
    'The support bundle: evidence, states, findings, tests, logs, operations and events, without secrets',
  query: BundleQuery,
  response: Bundle,
  errors: ['not-found', 'invalid-request'],
});
