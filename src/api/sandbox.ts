import { z } from 'zod';
import { defineRoute } from './route.ts';
import { Hop } from './shapes.ts';

export const SandboxWorld = z
  .object({ name: z.string(), title: z.string(), story: z.string(), connections: z.number() })
  .meta({ id: 'SandboxWorld' });
export type SandboxWorld = z.infer<typeof SandboxWorld>;

export const SandboxFault = z
  .object({
    name: z.string(),
    title: z.string(),
    story: z.string(),
    hop: Hop.describe('where it is made'),
    shows: z.array(z.string()).describe('codes of the findings that appear after it was injected'),
    world: z.string().describe('a world of one connection where it is there from the start'),
    needsOwnWorld: z.boolean().describe('it starts from something else than a healthy connection'),
  })
  .meta({ id: 'SandboxFault' });
export type SandboxFault = z.infer<typeof SandboxFault>;

const SandboxState = z
  .object({
    world: z.string().optional().describe('the world that runs; none when the sandbox was removed'),
    worlds: z.array(SandboxWorld),
    faults: z.array(SandboxFault),
    injected: z.array(z.object({ connectionId: z.string(), fault: z.string() })),
  })
  .meta({ id: 'SandboxState' });
export type SandboxState = z.infer<typeof SandboxState>;

export const sandboxView = defineRoute({
  name: 'sandboxView',
  method: 'GET',
  path: '/api/sandbox',
  summary: 'The simulated worlds, and which one runs',
  response: SandboxState,
  errors: [],
});

export const sandboxEnter = defineRoute({
  name: 'sandboxEnter',
  method: 'PUT',
  path: '/api/sandbox/world',
  summary: 'Starts a simulated world in place of the one that runs',
  body: z.object({ world: z.string().max(100) }),
  response: SandboxState,
  errors: ['invalid-request', 'not-found'],
});

export const sandboxRemove = defineRoute({
  name: 'sandboxRemove',
  method: 'DELETE',
  path: '/api/sandbox/world',
  summary: 'Removes every simulated connection',
  response: SandboxState,
  errors: [],
});

export const sandboxFaultInject = defineRoute({
  name: 'sandboxFaultInject',
  method: 'POST',
  path: '/api/sandbox/faults',
  summary: 'Breaks something in a simulated cluster, or mends it again',
  body: z.object({
    connectionId: z.string().max(200),
    fault: z.string().max(100),
    action: z.enum(['inject', 'repair']).default('inject'),
  }),
  response: SandboxState,
  errors: ['invalid-request', 'not-found', 'conflict'],
});
