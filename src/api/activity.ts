import { z } from 'zod';
import { defineRoute } from './route.ts';
import { Time } from './shapes.ts';

/** MeshSync messages received since a cursor: what makes the mark in the header pulse. */
export const activityView = defineRoute({
  name: 'activityView',
  method: 'GET',
  path: '/api/meshsync/activity',
  summary: 'MeshSync messages that arrived since the cursor given',
  query: z.object({
    since: z.coerce.number().int().min(0).optional().describe('`cursor` of the reply before'),
  }),
  response: z.object({
    cursor: z.number().describe('messages received since the server started'),
    arrived: z.number().describe('since the cursor given; 0 without one'),
    ratePerSecond: z.number(),
    lastMessageAt: Time.optional(),
    connected: z.number().describe('connections whose Broker link is up'),
    connections: z.number(),
  }),
  errors: ['invalid-request'],
});
