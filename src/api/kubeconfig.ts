import { z } from 'zod';
import { Failure } from './evidence.ts';
import { defineRoute } from './route.ts';
import { Time } from './shapes.ts';

/** A place where a kubeconfig was looked for, and what came of it. */
export const KubeconfigPath = z
  .object({
    path: z.string(),
    reason: z.string().describe('why it was tried: KUBECONFIG, the home folder, the pod’s service account'),
    outcome: z.enum(['read', 'absent', 'unreadable', 'invalid', 'empty']),
    message: z.string().optional().describe('path, owner and mode when it could not be read'),
    contexts: z.number(),
  })
  .meta({ id: 'KubeconfigPath' });
export type KubeconfigPath = z.infer<typeof KubeconfigPath>;

export const KubeconfigContext = z
  .object({
    context: z.string(),
    cluster: z.string(),
    user: z.string(),
    server: z.string().optional(),
    source: z.string(),
    isCurrent: z.boolean(),
    problem: Failure.optional(),
    connectionId: z.string().optional(),
    isHidden: z.boolean().optional().describe('its connection was deleted; it is shown again when asked for'),
  })
  .meta({ id: 'KubeconfigContext' });
export type KubeconfigContext = z.infer<typeof KubeconfigContext>;

export const KubeconfigDiscovery = z
  .object({ discoveredAt: Time, paths: z.array(KubeconfigPath), contexts: z.array(KubeconfigContext) })
  .meta({ id: 'KubeconfigDiscovery' });
export type KubeconfigDiscovery = z.infer<typeof KubeconfigDiscovery>;

export const kubeconfigView = defineRoute({
  name: 'kubeconfigView',
  method: 'GET',
  path: '/api/kubeconfigs',
  summary: 'The paths tried for a kubeconfig, and every context found in them',
  response: KubeconfigDiscovery,
  errors: [],
});

export const kubeconfigRediscover = defineRoute({
  name: 'kubeconfigRediscover',
  method: 'POST',
  path: '/api/kubeconfigs/rediscover',
  summary: 'Reads the known paths again; says what is new, changed and gone',
  response: KubeconfigDiscovery.extend({
    added: z.array(z.string()),
    changed: z.array(z.string()),
    removed: z.array(z.string()),
  }),
  errors: [],
});
