import { z } from 'zod';
import { defineRoute } from './route.ts';
import { Time } from './shapes.ts';

export const DATABASE_PROBLEMS = [
  'corrupt',
  'not-a-database',
  'removed',
  'full',
  'read-only',
  'locked',
  'unreadable',
  'cannot-open',
  'stopped',
  'other',
] as const;

/** Why the cache is not written, in words and with what to press. The rest of the server goes on. */
export const DatabaseProblem = z
  .object({
    kind: z.enum(DATABASE_PROBLEMS),
    message: z.string().describe('what is wrong, and what follows'),
    remedy: z.string().describe('what to do about it'),
    at: Time,
    setAsideAs: z.string().optional().describe('where the damaged file was put; it is never deleted'),
  })
  .meta({ id: 'DatabaseProblem' });
export type DatabaseProblem = z.infer<typeof DatabaseProblem>;

/** A former database file, kept beside the one in use. */
export const DatabaseCopy = z
  .object({
    id: z.string(),
    path: z.string(),
    sizeBytes: z.number(),
    setAsideAt: Time,
    why: z.enum(['reset', 'corrupt']),
    isRestorable: z.boolean(),
  })
  .meta({ id: 'DatabaseCopy' });
export type DatabaseCopy = z.infer<typeof DatabaseCopy>;

/** Messages since the server started. */
export const IntakeCounters = z
  .object({
    received: z.number(),
    receivedBytes: z.number(),
    stored: z.number(),
    deleted: z.number(),
    unchanged: z.number().describe('known already, or older than what is stored'),
    ignored: z.number().describe('understood, with nothing to store'),
    rejected: z.number(),
    dropped: z
      .number()
      .describe('lost because the database was behind or out of order; a re-sync brings them back'),
  })
  .meta({ id: 'IntakeCounters' });
export type IntakeCounters = z.infer<typeof IntakeCounters>;

/** Messages that could not be stored for one reason. */
export const RejectedMessages = z
  .object({
    reason: z.string(),
    count: z.number(),
    samples: z.array(z.string()).max(5).describe('the latest, shortened; never one that speaks of a Secret'),
  })
  .meta({ id: 'RejectedMessages' });
export type RejectedMessages = z.infer<typeof RejectedMessages>;

export const Database = z
  .object({
    path: z.string().describe('`memory` where there is no file'),
    sizeBytes: z.number(),
    rows: z.number(),
    tables: z.array(z.object({ name: z.string(), rows: z.number() })),
    integrity: z.object({
      outcome: z.enum(['unchecked', 'checking', 'ok', 'damaged']),
      checkedAt: Time.optional(),
      messages: z.array(z.string()),
    }),
    lastWriteAt: Time.optional(),
    problem: DatabaseProblem.optional(),
    isPaused: z.boolean().describe('a reset or a restore runs'),
    isBehind: z.boolean(),
    waiting: z.number().describe('messages received and not stored yet'),
    counters: IntakeCounters,
    rejected: z.array(RejectedMessages),
    copies: z.array(DatabaseCopy),
  })
  .meta({ id: 'Database' });
export type Database = z.infer<typeof Database>;

export const databaseView = defineRoute({
  name: 'databaseView',
  method: 'GET',
  path: '/api/database',
  summary: 'The cache of cluster state: size, rows, integrity, what is wrong with it, former files',
  response: Database,
  errors: [],
});

export const databaseCheck = defineRoute({
  name: 'databaseCheck',
  method: 'POST',
  path: '/api/database/check',
  summary: 'Checks the integrity of the cache now, and answers when it is done',
  response: Database,
  errors: ['not-available'],
});
