import { manifestTitle } from '../../core/manifests/manifest.ts';
import type { ClusterApi, ObjectRef } from '../ports.ts';
import { explain, find, refOf, remove } from './cluster-objects.ts';
import type { PlannedStep } from './plan.ts';

export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** An object that may be there, with what it is called. */
export interface Doomed {
  readonly ref: ObjectRef;
  readonly kind: string;
  readonly apiVersion: string;
  readonly note?: string;
}

export const GONE_POLL_MS = 250;
export function doomed(
  manifest: { apiVersion: string; kind: string; metadata: { name: string; namespace?: string | undefined } },
  note?: string,
): Doomed {
  return {
    ref: refOf(manifest),
    kind: manifest.kind,
    apiVersion: manifest.apiVersion,
    ...(note === undefined ? {} : { note }),
  };
}

export function title(one: Doomed): string {
  return manifestTitle({ kind: one.kind, metadata: { name: one.ref.name, namespace: one.ref.namespace } });
}

export function unique(list: readonly Doomed[]): Doomed[] {
  const byTitle = new Map(list.map((one) => [`${one.apiVersion} ${title(one)}`, one]));
  return [...byTitle.values()];
}

export async function stillThere(
  api: ClusterApi,
  list: readonly Doomed[],
  signal: AbortSignal,
): Promise<Doomed[]> {
  const found = await Promise.all(
    list.map(async (one) => ((await find(api, one.ref, signal)) === undefined ? [] : [one])),
  );
  return found.flat();
}

/** Waits until none of the objects is there. @returns what is left when `timeoutMs` passed */
export async function waitGone(
  api: ClusterApi,
  list: readonly Doomed[],
  timeoutMs: number,
  sleep: Sleep,
  signal: AbortSignal,
): Promise<Doomed[]> {
  let left = await stillThere(api, list, signal);
  for (let waitedMs = 0; left.length > 0 && waitedMs < timeoutMs; waitedMs += GONE_POLL_MS) {
    await sleep(GONE_POLL_MS, signal);
    left = await stillThere(api, left, signal);
  }
  return left;
}

export async function release(api: ClusterApi, one: Doomed, signal: AbortSignal): Promise<boolean> {
  const object = await find(api, one.ref, signal);
  if (object?.metadata.deletionTimestamp === undefined || (object.metadata.finalizers ?? []).length === 0)
    return false;
  await api.patch(
    one.ref,
    { metadata: { finalizers: null, resourceVersion: object.metadata.resourceVersion } },
    {},
  );
  return true;
}

export function removing(
  api: ClusterApi,
  stepTitle: string,
  list: readonly Doomed[],
  after?: PlannedStep['run'],
): PlannedStep {
  return {
    title: stepTitle,
    run: async (context) => {
      for (const one of list) {
        await context.intend(`Removing ${title(one)}`);
        try {
          context.detail(`${title(one)}: ${(await remove(api, one.ref)) ? 'removed' : 'was not there'}`);
        } catch (error) {
          throw explain(error, `Removing ${title(one)}`);
        }
      }
      await after?.(context);
    },
  };
}
