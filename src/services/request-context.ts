/** What a transport tells of a request beside its input. */
export interface RequestContext {
  readonly requestId: string;
  /** Who asks, for the activity log: `local`, or the name a proxy in front of the server vouches for. */
  readonly actor: string;
  /** Aborts when the caller went away. */
  readonly signal: AbortSignal;
}
