import { z } from 'zod';
import { PAUSED_STATES } from '../../core/paused.ts';
import type { PausedState } from '../../core/paused.ts';
import { failureOf } from '../failure.ts';
import type { DiscoveredContext, Log, StateStore } from '../ports.ts';

const PAUSED = 'paused-connections';
const HIDDEN = 'hidden-contexts';

const Paused = z.object({ state: z.enum(PAUSED_STATES) });
const Hidden = z.object({ source: z.string(), context: z.string(), server: z.string() });
type Hidden = z.infer<typeof Hidden>;

/**
 * What people decided about connections, kept over restarts: which are not observed, and which contexts of a
 * kubeconfig are not shown because their connection was deleted. The file itself is never touched.
 */
export class Lifecycles {
  readonly #state: StateStore;
  readonly #log: Log;
  readonly #paused = new Map<string, PausedState>();
  readonly #hidden = new Map<string, Hidden>();

  constructor(options: { state: StateStore; log: Log }) {
    this.#state = options.state;
    this.#log = options.log;
  }

  async load(): Promise<void> {
    try {
      for (const { id, value } of await this.#state.list(PAUSED)) {
        const parsed = Paused.safeParse(value);
        if (parsed.success) this.#paused.set(id, parsed.data.state);
      }
      for (const { id, value } of await this.#state.list(HIDDEN)) {
        const parsed = Hidden.safeParse(value);
        if (parsed.success) this.#hidden.set(id, parsed.data);
      }
    } catch (error) {
      this.#log.error({ reason: failureOf(error).message }, 'decisions about connections could not be read');
    }
  }

  pausedAs(connectionId: string): PausedState | undefined {
    return this.#paused.get(connectionId);
  }

  async pause(connectionId: string, state: PausedState): Promise<void> {
    await this.#state.write(PAUSED, connectionId, { state });
    this.#paused.set(connectionId, state);
  }

  async resume(connectionId: string): Promise<void> {
    await this.#state.remove(PAUSED, connectionId);
    this.#paused.delete(connectionId);
  }

  /** Another cluster under the same name is not the one that was deleted, so the server is compared too. */
  isHidden(context: DiscoveredContext): boolean {
    const hidden = this.#hidden.get(idOf(context));
    return hidden !== undefined && hidden.server === context.server;
  }

  async hide(context: DiscoveredContext): Promise<void> {
    const hidden = { source: context.source, context: context.context, server: context.server };
    await this.#state.write(HIDDEN, idOf(context), hidden);
    this.#hidden.set(idOf(context), hidden);
  }

  /** False when it was not hidden. */
  async show(place: { source: string; context: string }): Promise<boolean> {
    await this.#state.remove(HIDDEN, idOf(place));
    return this.#hidden.delete(idOf(place));
  }
}

function idOf({ source, context }: { readonly source: string; readonly context: string }): string {
  return JSON.stringify([source, context]);
}
