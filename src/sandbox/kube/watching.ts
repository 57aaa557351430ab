import type { ClusterError, KubeObject, WatchEvent } from '../../services/ports.ts';
import { expired } from './refusals.ts';
import type { Change, ObjectStore } from './store.ts';

interface Watcher {
  readonly key: string;
  deliver(change: Change): void;
  bookmark(): void;
  fail(error: ClusterError): void;
}

/** Every watch that is open on a simulated cluster. */
export interface Watches {
  /** Resolves when the watch ends in good order or by the signal; rejects with `ClusterError`. */
  open(watch: {
    key: string;
    resourceVersion: string;
    selects(object: KubeObject): boolean;
    present(object: KubeObject): KubeObject;
    timeoutSeconds: number;
    onEvent(event: WatchEvent): void;
    signal: AbortSignal;
  }): Promise<void>;
  /** Sends a bookmark down every watch. */
  bookmark(): void;
  /** Breaks every watch. */
  fail(error: ClusterError): void;
  count(): number;
}

/**
 * `isSilent` is asked before anything is sent: a watch that missed something because of it stays dead, as a half-open
 * connection does, until the caller gives it up.
 */
export function createWatches(
  store: ObjectStore,
  world: { after(delayMs: number, task: () => void): () => void; isSilent(): boolean },
): Watches {
  const watchers = new Set<Watcher>();
  store.listen((change) => {
    for (const watcher of watchers) if (watcher.key === change.key) watcher.deliver(change);
  });

  return {
    count: () => watchers.size,
    bookmark: () => {
      for (const watcher of watchers) watcher.bookmark();
    },
    fail: (error) => {
      for (const watcher of watchers) watcher.fail(error);
    },
    open: ({ key, resourceVersion, selects, present, timeoutSeconds, onEvent, signal }) => {
      const since = Number(resourceVersion);
      if (!Number.isInteger(since) || since < store.oldestRevision()) {
        return Promise.reject(expired(resourceVersion, store.oldestRevision()));
      }
      return new Promise<void>((resolve, reject) => {
        let isDead = false;
        const end = (settle: () => void) => {
          watchers.delete(watcher);
          cancelTimeout();
          signal.removeEventListener('abort', onAbort);
          settle();
        };
        const onAbort = () => end(resolve);
        const send = (event: WatchEvent) => {
          isDead ||= world.isSilent();
          if (!isDead) onEvent(event);
        };
        const watcher: Watcher = {
          key,
          deliver: ({ type, object, previous }) => {
            const isIn = type !== 'DELETED' && selects(object);
            const wasIn = previous !== undefined && selects(previous);
            if (isIn) send({ type: wasIn ? 'MODIFIED' : 'ADDED', object: present(object) });
            else if (wasIn) send({ type: 'DELETED', object: present(object) });
          },
          bookmark: () => send({ type: 'BOOKMARK', resourceVersion: String(store.revision()) }),
          fail: (error) => end(() => reject(error)),
        };
        const cancelTimeout = world.after(timeoutSeconds * 1000, () => {
          if (!isDead && !world.isSilent()) end(resolve);
        });
        if (signal.aborted) {
          end(resolve);
          return;
        }
        signal.addEventListener('abort', onAbort, { once: true });
        for (const change of store.changesSince(since)) if (change.key === key) watcher.deliver(change);
        watchers.add(watcher);
      });
    },
  };
}
