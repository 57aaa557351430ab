import { useState } from 'react';
import { useOpenOperations } from '../../data/operations.ts';
import { useStore } from '../../data/store.ts';
import { Button } from '../../ui/Button.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import NativeSelect from '@mui/material/NativeSelect';
import { isOperationKind, KIND_WORDS } from './operation-words.ts';
import { selection } from './selection.ts';
import { work, type Place } from './work.ts';
import './operation.css';

const BULK_KINDS = [
  'reconnect',
  'resync',
  'synthetic-test',
  'install',
  'redeploy',
  'uninstall',
  'adopt',
  'cleanup-orphans',
  'flush',
] as const;

/** At the foot while one selects: how many are chosen, and the one action to run on all of them. */
export function BulkBar({ shown }: { readonly shown: readonly Place[] }) {
  const selected = useStore(selection);
  const [kind, setKind] = useState<(typeof BULK_KINDS)[number]>('reconnect');
  const running = useOpenOperations().filter(({ status }) => status === 'running').length;
  if (selected === undefined) return null;
  const count = selected.size;
  return (
    <div className="bulk-bar" role="region" aria-label="Act on the selected connections">
      <b role="status">{count === 1 ? '1 selected' : `${count} selected`}</b>
      {running > 0 && <span className="quiet small">{running} running</span>}
      <Button
        onClick={() =>
          selection.set(
            new Map(shown.flatMap((place) => (place.id === undefined ? [] : [[place.id, place]]))),
          )
        }
      >
        All {shown.length}
      </Button>
      <label className="row small">
        <span className="sr-only">Action</span>
        <NativeSelect
          value={kind}
          onChange={({ target }) => {
            const next = BULK_KINDS.find((one) => one === target.value);
            if (next !== undefined && isOperationKind(next)) setKind(next);
          }}
        >
          {BULK_KINDS.map((one) => (
            <option key={one} value={one}>
              {KIND_WORDS[one].label}
            </option>
          ))}
        </NativeSelect>
      </label>
      <ReasonButton
        variant="contained"
        tint="primary"
        reason={count === 0 ? 'Select at least one connection first.' : undefined}
        onClick={() => work.set({ kind: 'bulk', operation: kind, places: [...selected.values()] })}
      >
        Run…
      </ReasonButton>
      <Button variant="outlined" onClick={() => selection.set(undefined)}>
        Done
      </Button>
    </div>
  );
}
