import { z } from 'zod';
import { defineRoute } from './route.ts';
import { Time } from './shapes.ts';

/** A day: less often than that, a schedule tells nothing. */
const MAX_EVERY_MINUTES = 1_440;

/** How one synthetic test ended; one that was cancelled or interrupted tells nothing and is not kept. */
export const SyntheticRun = z
  .object({
    at: Time.describe('when it ended'),
    isSuccess: z.boolean(),
    totalMs: z.number().optional().describe('creation, update and deletion, each into the database'),
    failedHop: z.string().optional().describe('title of the first hop that did not answer'),
    message: z.string().optional().describe('how it ended, in a sentence'),
  })
  .meta({ id: 'SyntheticRun' });
export type SyntheticRun = z.infer<typeof SyntheticRun>;

/** The schedule of a connection’s synthetic test, and how its tests ended. */
export const SyntheticSchedule = z
  .object({
    everyMinutes: z.number().optional().describe('absent when it is off'),
    nextAt: Time.optional(),
    history: z.array(SyntheticRun).describe('the last 200, oldest first, whoever started them'),
  })
  .meta({ id: 'SyntheticSchedule' });
export type SyntheticSchedule = z.infer<typeof SyntheticSchedule>;

const ConnectionParams = z.object({ connectionId: z.string().min(1).max(200) });

export const syntheticView = defineRoute({
  name: 'syntheticView',
  method: 'GET',
  path: '/api/connections/:connectionId/synthetic',
  summary: 'When the synthetic test runs by itself, and how its last runs ended',
  params: ConnectionParams,
  response: SyntheticSchedule,
  errors: ['not-found'],
});

export const syntheticSchedule = defineRoute({
  name: 'syntheticSchedule',
  method: 'PUT',
  path: '/api/connections/:connectionId/synthetic',
  summary: 'Lets the synthetic test run by itself from now on, or no more',
  params: ConnectionParams,
  body: z.object({
    everyMinutes: z.number().int().min(1).max(MAX_EVERY_MINUTES).nullable().describe('null: off'),
  }),
  response: SyntheticSchedule,
  errors: ['invalid-request', 'not-found'],
});
