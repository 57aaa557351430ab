import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Operation, OperationKind } from '../../../api/operation.ts';
import { client } from '../../data/client.ts';
import { startOperation, useOpenOperations } from '../../data/operations.ts';
import { KIND_WORDS } from './operation-words.ts';
import { type Choices, requestOf } from './use-request.ts';
import type { Place } from './work.ts';

/** So many are started at once; each begins with a look at its cluster. */
const AT_ONCE = 6;

export type BulkEntry = { readonly place: Place } & (
  | { readonly state: 'chosen' | 'starting' }
  | { readonly state: 'started'; readonly operation: Operation }
  | { readonly state: 'refused'; readonly error: Error }
);

/** Runs one operation on every place; a refusal at one keeps none of the others from starting. */
export function useBulk(kind: OperationKind, places: readonly Place[]) {
  const cache = useQueryClient();
  const [isStarted, setStarted] = useState(false);
  const [states, setStates] = useState<ReadonlyMap<Place, BulkEntry>>(new Map());
  const open = useOpenOperations();
  const put = (entry: BulkEntry) => setStates((before) => new Map(before).set(entry.place, entry));

  const startOne = async (place: Place, choices: Choices) => {
    put({ place, state: 'starting' });
    try {
      const request = requestOf(kind, place, choices);
      // The name each confirmation needs is the server's to say; the person has confirmed them all together.
      const confirm = KIND_WORDS[kind].isDestructive
        ? (await client.call('operationPreview', { body: request })).confirmName
        : undefined;
      const operation = await startOperation(cache, {
        ...request,
        ...(confirm === undefined ? {} : { confirm }),
      });
      put({ place, state: 'started', operation });
    } catch (error) {
      put({ place, state: 'refused', error: error instanceof Error ? error : new Error(String(error)) });
    }
  };

  const start = async (choices: Choices) => {
    setStarted(true);
    const waiting = [...places];
    const work = async () => {
      for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) {
        await startOne(place, choices);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  };

  const entries = places.map((place): BulkEntry => {
    const entry = states.get(place) ?? { place, state: 'chosen' };
    if (entry.state !== 'started') return entry;
    return { ...entry, operation: open.find(({ id }) => id === entry.operation.id) ?? entry.operation };
  });
  return { entries, isStarted, start };
}
