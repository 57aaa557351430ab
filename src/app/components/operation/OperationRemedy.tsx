import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ConnectionSummary } from '../../../api/connection.ts';
import type { Remedy } from '../../../api/diagnosis.ts';
import type { OperationKind } from '../../../api/operation.ts';
import { canRun } from '../../../core/capabilities.ts';
import { useOperationOf } from '../../data/operations.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { beginOperation } from './work.ts';

interface OperationRemedyProps {
  readonly connection: ConnectionSummary;
  readonly remedy: Extract<Remedy, { kind: 'operation' }>;
  readonly kind: OperationKind;
  /** Code of the finding it mends; looked for again at the end. */
  readonly finding: string;
  /** True for the one thing to do first; what stands beside it must not look the same. */
  readonly isMain: boolean;
}

/** A remedy the server can carry out, by the same way as from the action bar. */
export function OperationRemedy({ connection, remedy, kind, finding, isMain }: OperationRemedyProps) {
  const cache = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const isOperationRunning = useOperationOf(connection.id)?.status === 'running';
  const capability = canRun(kind, connection, { isBusy, isOperationRunning });
  const isOfDatabase = kind === 'reset-database' || kind === 'restore-database';
  const begin = async () => {
    setBusy(true);
    try {
      await beginOperation(
        cache,
        kind,
        isOfDatabase ? { name: 'the database' } : connection,
        remedy.controllers,
        { code: finding, connectionId: connection.id },
      );
    } finally {
      setBusy(false);
    }
  };
  return (
    <ReasonButton
      {...(isMain ? { variant: 'contained', tint: 'primary' } : { variant: 'outlined' })}
      reason={capability.isAllowed ? undefined : capability.reason}
      onClick={() => void begin()}
    >
      {remedy.label}
    </ReasonButton>
  );
}
