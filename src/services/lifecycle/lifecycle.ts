import { z } from 'zod';
import type { LifecycleState } from '../../api/connection.ts';
import { ApiError } from '../../api/errors.ts';
import type { Operation } from '../../api/operation.ts';
import { OperationRequest } from '../../api/operation.ts';
import type { RouteInput, RouteReply } from '../../api/route.ts';
import type { Routes } from '../../api/routes.ts';
import { isAllowedMove, movesOf } from '../../core/lifecycle.ts';
import { PAUSED_STATES } from '../../core/paused.ts';
import type { PausedState } from '../../core/paused.ts';
import { failureOf } from '../failure.ts';
import type { Operations } from '../operations/runner.ts';
import type { Log, StateStore } from '../ports.ts';
import type { EventLog } from '../registry/event-log.ts';
import type { Registry } from '../registry/registry.ts';
import type { UploadStore } from '../uploads/upload-store.ts';

const COLLECTION = 'lifecycle-wishes';
/** What a person asked for that waits for the Operator to be uninstalled. */
const Wish = z.object({
  to: z.enum(['disconnected', 'deleted']),
  operationId: z.string(),
  actor: z.string(),
});
type Wish = z.infer<typeof Wish>;

type Body = RouteInput<Routes['connectionTransition']>['body'];
type Reply = RouteReply<Routes['connectionTransition']>;

export interface Lifecycle {
  /** Takes up what waited when the server stopped. After the operations were read. */
  start(): Promise<void>;
  transition(connectionId: string, body: Body, actor: string, signal: AbortSignal): Promise<Reply>;
  /** Throws `ApiError('conflict')` when another connection is called so, `('not-available')` when it cannot be kept. */
  rename(connectionId: string, name: string, actor: string): Promise<RouteReply<Routes['connectionRename']>>;
  /** To be told of every operation that begins or ends. */
  operationChanged(operation: Operation): void;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** Moves connections through their life cycle. Source: domain.md 2.6. */
export function createLifecycle(options: {
  registry: Registry;
  uploads: UploadStore;
  operations: Pick<Operations, 'begin' | 'list' | 'view' | 'alone'>;
  events: EventLog;
  state: StateStore;
  log: Log;
  /** Removes the rows of a cluster from the cache. */
  clearRows: (clusterUid: string) => Promise<unknown>;
}): Lifecycle {
  const { registry, uploads, operations, events, state, log } = options;
  const wishes = new Map<string, Wish>();
  /** Names that are just being written down, with the connections that get them. */
  const beingNamed = new Map<string, string>();
  let underWay: Promise<unknown> = Promise.resolve();

  function stateOf(connectionId: string): LifecycleState {
    const connection = registry.get(connectionId);
    if (connection !== undefined) return connection.summary().lifecycle ?? 'discovered';
    throw new ApiError('not-found', `There is no connection ${connectionId}.`, {
      field: 'connectionId',
      remedy: 'It may have been deleted; its contexts are listed under Kubeconfigs.',
    });
  }

  function reply(lifecycle: LifecycleState, operationId?: string): Reply {
    return {
      lifecycle,
      allowed: movesOf(lifecycle),
      ...(operationId === undefined ? {} : { operationId }),
    };
  }

  /** Throws `ApiError('conflict')` when something else happens there just now. */
  function move(connectionId: string, to: LifecycleState, actor: string): Promise<void> {
    const title = `The change to ${to}`;
    return operations.alone(connectionId, title, actor, () => moveNow(connectionId, to, actor));
  }

  async function moveNow(connectionId: string, to: LifecycleState, actor: string): Promise<void> {
    const name = registry.get(connectionId)?.name ?? connectionId;
    if (to === 'deleted') await remove(connectionId);
    else if (isPaused(to)) {
      await registry.lifecycles.pause(connectionId, to);
      registry.settle(connectionId);
    } else {
      await registry.lifecycles.resume(connectionId);
      registry.settle(connectionId);
    }
    const here = to === 'deleted' ? {} : { connectionId, connectionName: name };
    events.add({
      severity: 'info',
      subject: 'connection',
      message: `${name}: ${wordsOf(to)} by ${actor}.`,
      ...here,
    });
  }

  async function remove(connectionId: string): Promise<void> {
    const uid = registry.clusterUidOf(connectionId);
    for (const way of registry.waysOf(connectionId)) {
      if (way.origin === 'uploaded') await uploads.remove(way.context);
      else await registry.lifecycles.hide(way);
    }
    await registry.lifecycles.resume(connectionId);
    registry.settle();
    registry.forgetName(connectionId);
    await registry.rediscover();
    if (uid === undefined) return;
    try {
      await options.clearRows(uid);
    } catch (error) {
      // The connection is gone all the same; a broken database is told of by itself.
      log.warn(
        { connection: connectionId, reason: failureOf(error).message },
        'its rows could not be removed',
      );
    }
  }

  async function keep(connectionId: string, wish: Wish): Promise<void> {
    wishes.set(connectionId, wish);
    await state.write(COLLECTION, connectionId, wish);
  }

  async function forget(connectionId: string): Promise<void> {
    wishes.delete(connectionId);
    await state.remove(COLLECTION, connectionId);
  }

  /** Decides a wish by how the uninstall ended. Interrupted ones wait: they may be resumed. */
  async function decide(connectionId: string, wish: Wish, status: Operation['status']): Promise<void> {
    if (status === 'running' || status === 'interrupted') return;
    await forget(connectionId);
    const name = registry.get(connectionId)?.name;
    if (name === undefined) return;
    let reason = 'the Operator was not uninstalled';
    if (status === 'succeeded') {
      try {
        return await move(connectionId, wish.to, wish.actor);
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'conflict') throw error;
        reason = `the Operator is uninstalled, but something else began meanwhile. ${error.message}`;
      }
    }
    events.add({
      severity: 'warning',
      subject: 'connection',
      message: `${name} is not ${wish.to}: ${reason.replace(/\.$/, '')}.`,
      connectionId,
      connectionName: name,
    });
  }

  function enqueue(work: () => Promise<void>): void {
    underWay = underWay.then(work).catch((error: unknown) => {
      log.error({ reason: failureOf(error).message }, 'a connection could not be moved after its uninstall');
    });
  }

  return {
    async start() {
      for (const { id, value } of await state.list(COLLECTION)) {
        const parsed = Wish.safeParse(value);
        if (!parsed.success) continue;
        wishes.set(id, parsed.data);
        try {
          await decide(id, parsed.data, operations.view(parsed.data.operationId).status);
        } catch (error) {
          if (!(error instanceof ApiError) || error.code !== 'not-found') throw error;
          // The operation is not kept any more, so nobody can tell how it ended.
          await forget(id);
        }
      }
    },

    async transition(connectionId, { to, operator, confirm }, actor, signal) {
      const from = stateOf(connectionId);
      if (from === to) return reply(from);
      if (!isAllowedMove(from, to, 'person')) {
        const allowed = movesOf(from);
        throw new ApiError('conflict', `A connection that is ${from} cannot become ${to}.`, {
          field: 'to',
          allowed,
          remedy: allowed.length === 0 ? undefined : `It may become ${allowed.join(' or ')}.`,
        });
      }
      const running = operations
        .list()
        .find((one) => one.connectionId === connectionId && one.status === 'running');
      if (running !== undefined) {
        throw new ApiError('conflict', `${running.title} runs here just now.`, {
          relatedId: running.id,
          remedy: 'Wait until it has ended, or cancel it.',
        });
      }
      if (operator === 'uninstall') {
        if (to !== 'disconnected' && to !== 'deleted') {
          throw new ApiError(
            'unprocessable',
            'The Operator is uninstalled only before a disconnect or a delete.',
            {
              field: 'operator',
              allowed: ['keep'],
            },
          );
        }
        if (registry.get(connectionId)?.api() === undefined) {
          throw new ApiError(
            'unprocessable',
            'This cluster is not connected, so nothing can be uninstalled there.',
            {
              field: 'operator',
              allowed: ['keep'],
              remedy: 'Reconnect it first, or leave the Operator running.',
            },
          );
        }
        const request = OperationRequest.parse({ kind: 'uninstall', connectionId, confirm });
        const operation = await operations.begin(request, actor, signal);
        const wish: Wish = { to, operationId: operation.id, actor };
        await keep(connectionId, wish);
        // It may have ended while the wish was being written.
        enqueue(() => decide(connectionId, wish, operations.view(operation.id).status));
        return reply(from, operation.id);
      }
      await move(connectionId, to, actor);
      return reply(to === 'deleted' ? 'deleted' : stateOf(connectionId));
    },

    async rename(connectionId, name, actor) {
      stateOf(connectionId);
      const before = registry.get(connectionId)?.name;
      const rival =
        registry.connections().find((one) => one.name === name && one.id !== connectionId)?.id ??
        beingNamed.get(name);
      if (rival !== undefined) {
        throw new ApiError('conflict', `Another connection is called ${name}.`, {
          field: 'name',
          relatedId: rival,
          remedy: 'Choose another name: connections are told apart by it.',
        });
      }
      if (before !== name) {
        beingNamed.set(name, connectionId);
        try {
          await registry.rename(connectionId, name);
        } finally {
          beingNamed.delete(name);
        }
        events.add({
          severity: 'info',
          subject: 'connection',
          message: `${before ?? connectionId} is called ${name} from now on, said ${actor}.`,
          connectionId,
          connectionName: name,
        });
      }
      return { connectionId, name };
    },

    operationChanged(operation) {
      const { connectionId, id, kind, status } = operation;
      const wish = connectionId === undefined ? undefined : wishes.get(connectionId);
      if (connectionId === undefined || wish === undefined || kind !== 'uninstall') return;
      if (wish.operationId === id) enqueue(() => decide(connectionId, wish, status));
      else if (status === 'running') {
        // Resumed, it goes on under another id. Put away, nobody waits for it any more.
        const isPutAway = operations.view(wish.operationId).isDismissed;
        enqueue(() => (isPutAway ? forget(connectionId) : keep(connectionId, { ...wish, operationId: id })));
      }
    },

    async close() {
      await underWay;
    },
  };
}

function isPaused(to: LifecycleState): to is PausedState {
  return PAUSED_STATES.some((state) => state === to);
}

function wordsOf(to: LifecycleState): string {
  switch (to) {
    case 'disconnected':
      return 'disconnected';
    case 'ignored':
      return 'ignored from now on';
    case 'maintenance':
      return 'put into maintenance';
    case 'deleted':
      return 'deleted here';
    case 'discovered':
    case 'registered':
    case 'connected':
    case 'not found':
      return 'observed again, asked';
  }
}
