import type { z } from 'zod';
import type { ErrorCode } from './errors.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** One request of the contract: what it takes, what it gives, and how it may fail. */
export interface Route {
  /** `nounVerb`: also operationId, query key, handler key, log field and command-line word. */
  readonly name: string;
  readonly method: Method;
  /** With `:name` for each key of `params`. */
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly response: z.ZodType;
  /** HTTP status of success; 200 unless given. */
  readonly status?: 200 | 201 | 202;
  readonly errors: readonly ErrorCode[];
  /** For a body that may be larger than the 2 MB every other one is held to; `remedy` is told with a larger one. */
  readonly bodyLimit?: { readonly bytes: number; readonly remedy: string };
}

/** Keeps the literal types of a route, so that client and handlers are typed by it. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;
type Input<S> = S extends z.ZodType ? z.input<S> : undefined;

/** What a handler is given: parsed, with defaults filled in. */
export interface RouteInput<R extends Route> {
  readonly params: Output<R['params']>;
  readonly query: Output<R['query']>;
  readonly body: Output<R['body']>;
}

type Part<K extends string, S> = S extends z.ZodType
  ? Partial<z.input<S>> extends z.input<S>
    ? { readonly [P in K]?: z.input<S> }
    : { readonly [P in K]: z.input<S> }
  : { readonly [P in K]?: undefined };

/** What a caller gives: before defaults are filled in. */
export type RouteRequest<R extends Route> = Part<'params', R['params']> &
  Part<'query', R['query']> &
  Part<'body', R['body']>;

export type RouteReply<R extends Route> = z.output<R['response']>;
export type RouteReplyInput<R extends Route> = Input<R['response']>;
