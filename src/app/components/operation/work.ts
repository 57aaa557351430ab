import type { QueryClient } from '@tanstack/react-query';
import type { MendedFinding, OperationKind } from '../../../api/operation.ts';
import type { Controller } from '../../../api/shapes.ts';
import { startOperation } from '../../data/operations.ts';
import { createStore } from '../../data/store.ts';
import { notifyError } from '../../notify/notify.ts';
import { KIND_WORDS } from './operation-words.ts';

/** Where an operation works; without an id it is the database. */
export interface Place {
  readonly id?: string | undefined;
  readonly name: string;
}

/** The dialog that is open, if any. */
export type Work =
  | {
      readonly kind: 'operation';
      readonly operation: OperationKind;
      readonly place: Place;
      readonly controllers?: readonly Controller[] | undefined;
      readonly copyId?: string | undefined;
      readonly mends?: MendedFinding | undefined;
    }
  | { readonly kind: 'check'; readonly place: Place & { readonly id: string } }
  | { readonly kind: 'bulk'; readonly operation: OperationKind; readonly places: readonly Place[] };

export const work = createStore<Work | undefined>(undefined);

export function openCheck(place: { readonly id: string; readonly name: string }): void {
  work.set({ kind: 'check', place });
}

/** Starts an operation that changes nothing of weight at once; opens the dialog with its preview for every other. */
export async function beginOperation(
  cache: QueryClient,
  operation: OperationKind,
  place: Place,
  controllers?: readonly Controller[],
  mends?: MendedFinding,
): Promise<void> {
  if (!KIND_WORDS[operation].isDirect) {
    work.set({ kind: 'operation', operation, place, controllers, mends });
    return;
  }
  try {
    await startOperation(cache, { kind: operation, connectionId: place.id, mends });
  } catch (error) {
    notifyError(`${KIND_WORDS[operation].label} of ${place.name} could not be started.`, error);
  }
}
