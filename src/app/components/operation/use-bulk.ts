import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Operation, OperationKind } from '../../../api/operation.ts';
import { canRun } from '../../../core/capabilities.ts';
import { startOperation, useOpenOperations } from '../../data/operations.ts';
import { useConnections } from '../../data/queries.ts';
import { hasControllers, KIND_WORDS } from './operation-words.ts';
import { type PlacePreview, useBulkPreviews } from './use-bulk-previews.ts';
import { type Choices, requestOf } from './use-request.ts';
import type { Place } from './work.ts';

/** So many are started at once; each begins with a look at its cluster. */
const AT_ONCE = 6;

export type BulkEntry = { readonly place: Place } & (
  | { readonly state: 'chosen'; readonly preview: PlacePreview | undefined }
  | { readonly state: 'left-out'; readonly reason: string }
  | { readonly state: 'starting' }
  | { readonly state: 'started'; readonly operation: Operation }
  | { readonly state: 'refused'; readonly error: Error }
);

/**
 * Runs one operation on every place. Where it cannot be run is told beforehand and left out; a refusal at one keeps
 * none of the others from starting.
 */
export function useBulk(kind: OperationKind, places: readonly Place[], choices: Choices) {
  const cache = useQueryClient();
  const [isStarted, setStarted] = useState(false);
  const [states, setStates] = useState<ReadonlyMap<Place, BulkEntry>>(new Map());
  const { data: connections, error } = useConnections('');
  const open = useOpenOperations();
  const put = (entry: BulkEntry) => setStates((before) => new Map(before).set(entry.place, entry));

  const refusalOf = ({ id }: Place): string | undefined => {
    const connection = connections?.items.find((one) => one.id === id);
    if (connection === undefined) {
      return connections === undefined ? error?.message : 'There is no such connection any more.';
    }
    const isOperationRunning = open.some((one) => one.connectionId === id && one.status === 'running');
    const capability = canRun(kind, connection, { isBusy: false, isOperationRunning });
    return capability.isAllowed ? undefined : capability.reason;
  };
  // Decided until it is started: what runs then would refuse itself.
  const refusals = isStarted ? undefined : new Map(places.map((place) => [place, refusalOf(place)]));
  const isChosen = !hasControllers(kind) || choices.controllers.length > 0;
  const previews = useBulkPreviews(
    kind,
    KIND_WORDS[kind].isDestructive && isChosen && !isStarted && connections !== undefined
      ? places.filter((place) => refusals?.get(place) === undefined)
      : [],
    choices,
  );

  const before = (place: Place): BulkEntry => {
    const preview = previews.get(place.id ?? '');
    const reason = refusals?.get(place) ?? (preview?.status === 'refused' ? preview.reason : undefined);
    return reason === undefined ? { place, state: 'chosen', preview } : { place, state: 'left-out', reason };
  };
  const entries = places.map((place): BulkEntry => {
    const entry = states.get(place) ?? before(place);
    if (entry.state !== 'started') return entry;
    return { ...entry, operation: open.find(({ id }) => id === entry.operation.id) ?? entry.operation };
  });
  const runnable = entries.filter(({ state }) => state !== 'left-out');
  const isLooking =
    connections === undefined ||
    (KIND_WORDS[kind].isDestructive &&
      entries.some((one) => one.state === 'chosen' && one.preview === undefined));

  const startOne = async (place: Place, preview: PlacePreview | undefined) => {
    put({ place, state: 'starting' });
    try {
      // The name each confirmation needs is the server's to say; the person has confirmed them all together.
      const confirm = preview?.status === 'known' ? preview.confirmName : undefined;
      const operation = await startOperation(cache, {
        ...requestOf(kind, place, choices),
        ...(confirm === undefined ? {} : { confirm }),
      });
      put({ place, state: 'started', operation });
    } catch (failure) {
      put({
        place,
        state: 'refused',
        error: failure instanceof Error ? failure : new Error(String(failure)),
      });
    }
  };

  const start = async () => {
    const waiting = entries.flatMap((one) => (one.state === 'chosen' ? [one] : []));
    for (const entry of entries) put(entry);
    setStarted(true);
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await startOne(next.place, next.preview);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  };
  return { entries, runnable: runnable.length, isLooking, isStarted, start };
}
