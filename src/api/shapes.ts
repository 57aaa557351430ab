import { z } from 'zod';

/** A time on the wire: ISO 8601 in UTC. */
export const Time = z.iso.datetime().describe('ISO 8601, UTC');

/** Query of every list. */
export const Page = z.object({
  cursor: z.string().max(200).optional().describe('`nextCursor` of the page before.'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

/** Reply of every list. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() });
}

export const Severity = z.enum(['critical', 'warning', 'info']).meta({ id: 'Severity' });
export type Severity = z.infer<typeof Severity>;

/** The six places the data passes, in order. */
export const HOPS = ['kubernetes', 'operator', 'meshsync', 'broker', 'server', 'database'] as const;
export const Hop = z.enum(HOPS).meta({ id: 'Hop' });
export type Hop = z.infer<typeof Hop>;

export const CONTROLLERS = ['operator', 'meshsync', 'broker'] as const;
export const Controller = z.enum(CONTROLLERS).meta({ id: 'Controller' });
export type Controller = z.infer<typeof Controller>;

/** The two names of one software: Meshplay is a rebrand of Meshery. */
export const Family = z.enum(['meshplay', 'meshery']).meta({ id: 'Family' });
export type Family = z.infer<typeof Family>;
