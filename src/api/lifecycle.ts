import { z } from 'zod';
import { LifecycleState } from './connection.ts';
import { defineRoute } from './route.ts';

/** Marks that turn the direction of text would let one name look like another, and nobody could type it to confirm. */
const ONE_LINE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*$/u;

export const connectionTransition = defineRoute({
  name: 'connectionTransition',
  method: 'POST',
  path: '/api/connections/:connectionId/lifecycle',
  summary: 'Moves a connection to another state of its life cycle; the same state again changes nothing',
  params: z.object({ connectionId: z.string().min(1).max(200) }),
  body: z.object({
    to: LifecycleState,
    operator: z
      .enum(['keep', 'uninstall'])
      .default('keep')
      .describe('what happens to the Operator when it is disconnected or deleted'),
    confirm: z
      .string()
      .max(300)
      .optional()
      .describe('the name asked for by the preview of the uninstall operation'),
  }),
  response: z.object({
    lifecycle: LifecycleState,
    allowed: z.array(LifecycleState).describe('where a person may move it from here'),
    operationId: z
      .string()
      .optional()
      .describe('the uninstall operation; the connection moves when it has succeeded'),
  }),
  errors: [
    'invalid-request',
    'not-found',
    'conflict',
    'unprocessable',
    'cluster-unreachable',
    'cluster-refused',
  ],
});

export const connectionRename = defineRoute({
  name: 'connectionRename',
  method: 'PUT',
  path: '/api/connections/:connectionId/name',
  summary: 'Calls a connection by another name; its contexts keep theirs',
  params: z.object({ connectionId: z.string().min(1).max(200) }),
  body: z.object({
    name: z
      .string()
      .trim()
      // Composed and decomposed letters look the same: two connections must not.
      .normalize('NFC')
      .min(1, 'a name has at least one letter')
      .max(100)
      .regex(ONE_LINE, 'a name is one line of text, without marks that change its direction')
      .regex(/[\p{L}\p{N}\p{P}\p{S}]/u, 'a name has at least one letter'),
  }),
  response: z.object({ connectionId: z.string(), name: z.string() }),
  errors: ['invalid-request', 'not-found', 'conflict', 'not-available'],
});
