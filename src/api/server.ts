import { z } from 'zod';
import { defineRoute } from './route.ts';
import { Time } from './shapes.ts';

export const serverView = defineRoute({
  name: 'serverView',
  method: 'GET',
  path: '/api/server',
  summary: 'Name, version and ways of this server',
  response: z.object({
    name: z.literal('meshplay-troubleshooter'),
    version: z.string(),
    runtime: z.string().describe('Node’s version, or `browser` for the offline page'),
    startedAt: Time,
    now: Time,
    isInCluster: z.boolean(),
    hasSandbox: z.boolean(),
    isOffline: z.boolean().describe('the page runs alone, over the sandbox in the browser'),
  }),
  errors: [],
});

export const healthView = defineRoute({
  name: 'healthView',
  method: 'GET',
  path: '/api/health',
  summary: 'Whether this server itself is well',
  response: z.object({
    status: z.enum(['ok', 'degraded']),
    problems: z.array(z.string()),
    eventLoopDelayMs: z.number().describe('p99 over the last minute; 0 where it cannot be measured'),
    memoryMb: z.number(),
    connections: z.number(),
    uptimeSeconds: z.number(),
  }),
  errors: [],
});
