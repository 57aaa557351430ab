import { z } from 'zod';
import { defineRoute } from './route.ts';
import { listOf, Page, Severity, Time } from './shapes.ts';

/** Something that happened, in words a person can read: a change of state, of a link, of an operation. */
export const Event = z
  .object({
    id: z.string(),
    at: Time,
    severity: z.enum([...Severity.options, 'success']),
    connectionId: z.string().optional(),
    connectionName: z.string().optional(),
    subject: z.enum([
      'connection',
      'controller',
      'link',
      'stream',
      'kubeconfig',
      'operation',
      'database',
      'server',
    ]),
    message: z.string(),
    detail: z.string().optional(),
    findingCode: z.string().optional(),
    isRead: z.boolean(),
  })
  .meta({ id: 'Event' });
export type Event = z.infer<typeof Event>;

export const eventList = defineRoute({
  name: 'eventList',
  method: 'GET',
  path: '/api/events',
  summary: 'What happened, newest first',
  query: Page.extend({
    connectionId: z.string().max(200).optional(),
    severity: z.enum([...Severity.options, 'success']).optional(),
    unread: z.stringbool().optional(),
  }),
  response: listOf(Event).extend({
    unreadProblems: z.number().describe('unread ones of severity critical or warning'),
  }),
  errors: ['invalid-request'],
});

export const eventRead = defineRoute({
  name: 'eventRead',
  method: 'POST',
  path: '/api/events/read',
  summary: 'Marks events as read: those named, or all up to a time',
  body: z.object({ ids: z.array(z.string()).max(1000).optional(), upToAt: Time.optional() }),
  response: z.object({ read: z.number() }),
  errors: ['invalid-request'],
});
