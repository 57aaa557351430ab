import { useEffect, useState } from 'react';
import type { InstallOptions, OperationKind } from '../../../api/operation.ts';
import type { Controller } from '../../../api/shapes.ts';
import type { OperationStart } from '../../data/operations.ts';
import { hasControllers } from './operation-words.ts';
import type { Place } from './work.ts';

/** A preview costs the cluster a dry run, so it is asked for when a person stops typing. */
const SETTLE_MS = 350;

/** The contract’s own list would bring zod into the page. */
export const ALL_CONTROLLERS = ['operator', 'meshsync', 'broker'] as const satisfies readonly Controller[];

/** What a person may choose in the dialog of an operation; empty text means the server's own choice. */
export interface Choices {
  readonly controllers: readonly Controller[];
  readonly install: InstallOptions;
  readonly removeDefinitions: boolean;
  readonly removeNamespace: boolean;
  readonly releaseFinalizers: boolean;
}

export function noChoices(controllers: readonly Controller[] = ALL_CONTROLLERS): Choices {
  return {
    controllers,
    install: {},
    removeDefinitions: false,
    removeNamespace: false,
    releaseFinalizers: false,
  };
}

/** The body of the request for an operation with what was chosen; leaves out what does not apply to it. */
export function requestOf(
  kind: OperationKind,
  place: Place,
  choices: Choices,
  copyId?: string,
): OperationStart {
  return {
    kind,
    ...(place.id === undefined ? {} : { connectionId: place.id }),
    ...(copyId === undefined ? {} : { copyId }),
    ...(hasControllers(kind) ? { controllers: [...choices.controllers] } : {}),
    ...(Object.keys(choices.install).length === 0 ? {} : { install: choices.install }),
    ...(choices.removeDefinitions ? { removeDefinitions: true } : {}),
    ...(choices.removeNamespace ? { removeNamespace: true } : {}),
    ...(choices.releaseFinalizers ? { releaseFinalizers: true } : {}),
  };
}

/** A value once it has stayed the same for a moment. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
