import { useEffect, useState } from 'react';
import type { ObjectChange, OperationKind } from '../../../api/operation.ts';
import { client } from '../../data/client.ts';
import { type Choices, requestOf, useSettled } from './use-request.ts';
import type { Place } from './work.ts';

/** Each asks its cluster a dozen things. */
const AT_ONCE = 6;

/** What a destructive operation would do at one place. */
export type PlacePreview =
  | {
      readonly status: 'known';
      readonly changes: readonly ObjectChange[];
      readonly warnings: readonly string[];
      readonly confirmName: string | undefined;
    }
  | { readonly status: 'refused'; readonly reason: string };

/** What would happen at each place, by its id; a place is missing until its cluster has answered. */
export function useBulkPreviews(
  kind: OperationKind,
  places: readonly Place[],
  choices: Choices,
): ReadonlyMap<string, PlacePreview> {
  const settled = useSettled(choices);
  const ids = places.flatMap(({ id }) => (id === undefined ? [] : [id])).join('\n');
  const [found, setFound] = useState<{ of: Choices; previews: ReadonlyMap<string, PlacePreview> }>({
    of: settled,
    previews: new Map(),
  });
  useEffect(() => {
    if (ids === '') return undefined;
    const ended = new AbortController();
    const waiting = ids.split('\n');
    const work = async () => {
      for (let id = waiting.shift(); id !== undefined && !ended.signal.aborted; id = waiting.shift()) {
        const place = id;
        const preview = await ask(kind, place, settled, ended.signal);
        if (ended.signal.aborted) return;
        setFound((before) => ({
          of: settled,
          previews: new Map(before.of === settled ? before.previews : []).set(place, preview),
        }));
      }
    };
    for (let count = 0; count < AT_ONCE; count += 1) void work();
    return () => ended.abort();
  }, [kind, ids, settled]);
  return found.of === choices ? found.previews : new Map();
}

async function ask(
  kind: OperationKind,
  id: string,
  choices: Choices,
  signal: AbortSignal,
): Promise<PlacePreview> {
  try {
    const body = requestOf(kind, { id, name: id }, choices);
    const { refusal, changes, warnings, confirmName } = await client.call(
      'operationPreview',
      { body },
      { signal },
    );
    return refusal === undefined
      ? { status: 'known', changes, warnings, confirmName }
      : { status: 'refused', reason: refusal };
  } catch (error) {
    return { status: 'refused', reason: error instanceof Error ? error.message : String(error) };
  }
}
