import NativeSelect from '@mui/material/NativeSelect';
import { useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import type { RouteReply } from '../../../api/route.ts';
import type { Routes } from '../../../api/routes.ts';
import { useConnections } from '../../data/queries.ts';
import type { SandboxChanges } from './SandboxDialog.tsx';

interface FaultPickerProps {
  readonly sandbox: RouteReply<Routes['sandboxView']>;
  readonly changes: SandboxChanges;
}

/** Breaks something in a simulated cluster, lists what was broken, and mends it again. */
export function FaultPicker({ sandbox, changes }: FaultPickerProps) {
  const { data } = useConnections('');
  const connections = (data?.items ?? []).filter(({ origin }) => origin === 'sandbox');
  const [chosenId, setChosenId] = useState<string>();
  const [chosenFault, setChosenFault] = useState<string>();
  const connectionId = chosenId ?? connections[0]?.id;
  const fault = sandbox.faults.find(({ name }) => name === chosenFault) ?? sandbox.faults[0];
  const nameOf = (id: string) => connections.find((one) => one.id === id)?.name ?? id;
  const titleOf = (name: string) => sandbox.faults.find((one) => one.name === name)?.title ?? name;
  return (
    <section className="stack" aria-label="Faults">
      <b>Break something</b>
      <div className="row">
        <NativeSelect
          value={connectionId ?? ''}
          inputProps={{ 'aria-label': 'Connection' }}
          onChange={(event) => setChosenId(event.target.value)}
        >
          {connections.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </NativeSelect>
        <NativeSelect
          value={fault?.name ?? ''}
          inputProps={{ 'aria-label': 'Fault' }}
          onChange={(event) => setChosenFault(event.target.value)}
        >
          {sandbox.faults.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </NativeSelect>
        <Button
          variant="outlined"
          disabled={changes.isPending || connectionId === undefined || fault === undefined}
          onClick={() => {
            if (connectionId !== undefined && fault !== undefined)
              changes.fault(connectionId, fault.name, 'inject');
          }}
        >
          Inject
        </Button>
      </div>
      {fault !== undefined && <p className="quiet small">{fault.story}</p>}
      {sandbox.injected.length > 0 && (
        <ul className="stack">
          {sandbox.injected.map((one) => (
            <li key={`${one.connectionId} ${one.fault}`} className="row">
              <span className="spread">
                {nameOf(one.connectionId)}: {titleOf(one.fault)}
              </span>
              <Button
                variant="outlined"
                disabled={changes.isPending}
                onClick={() => changes.fault(one.connectionId, one.fault, 'repair')}
              >
                Repair
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
