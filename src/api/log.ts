import { z } from 'zod';
import { defineRoute } from './route.ts';
import { Controller, Time } from './shapes.ts';

/** A line of a log; one that is known says what it means and what to do. */
export const LogLine = z
  .object({ text: z.string(), meaning: z.string().optional(), remedy: z.string().optional() })
  .meta({ id: 'LogLine' });
export type LogLine = z.infer<typeof LogLine>;

const LogPod = z
  .object({
    namespace: z.string(),
    name: z.string(),
    phase: z.string(),
    ready: z.boolean(),
    restarts: z.number(),
    containers: z.array(z.string()),
  })
  .meta({ id: 'LogPod' });

/** The end of the log of one container of a controller. */
export const ControllerLog = z
  .object({
    controller: Controller,
    readAt: Time,
    pods: z.array(LogPod).describe('those whose log could be asked for'),
    pod: z.string().optional().describe('the one read'),
    container: z.string().optional(),
    isPrevious: z.boolean().describe('of the container before its last restart'),
    lines: z.array(LogLine),
    problem: z
      .object({ message: z.string(), remedy: z.string().optional() })
      .optional()
      .describe('why there are no lines, in words'),
    command: z.string().optional().describe('the same by kubectl, to be copied'),
  })
  .meta({ id: 'ControllerLog' });
export type ControllerLog = z.infer<typeof ControllerLog>;

export const connectionLogs = defineRoute({
  name: 'connectionLogs',
  method: 'GET',
  path: '/api/connections/:connectionId/logs',
  summary: 'The last lines that Operator, MeshSync or Broker wrote, with the known ones explained',
  params: z.object({ connectionId: z.string().min(1).max(200) }),
  query: z.object({
    controller: Controller,
    pod: z
      .string()
      .max(253)
      .optional()
      .describe('one of `pods`; the one most in need of a look unless given'),
    container: z.string().max(253).optional(),
    previous: z.stringbool().optional().describe('of the container before its last restart'),
    tail: z.coerce.number().int().min(1).max(5000).default(200).describe('how many lines'),
  }),
  response: ControllerLog,
  errors: ['not-found', 'invalid-request'],
});
