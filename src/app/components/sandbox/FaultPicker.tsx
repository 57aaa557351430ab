import NativeSelect from '@mui/material/NativeSelect';
import { useMemo, useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import type { RouteReply } from '../../../api/route.ts';
import type { Routes } from '../../../api/routes.ts';
import { useConnections } from '../../data/queries.ts';
import { faultsByHop } from './fault-search.ts';
import { FaultList } from './FaultList.tsx';
import type { SandboxChanges } from './SandboxDialog.tsx';
import '../data/data.css';

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
  const [search, setSearch] = useState('');
  const groups = useMemo(() => faultsByHop(sandbox.faults, search), [sandbox.faults, search]);
  const connectionId = connections.find(({ id }) => id === chosenId)?.id ?? connections[0]?.id;
  // What the search hides is not injected by mistake.
  const fault = groups.flatMap(({ faults }) => faults).find(({ name }) => name === chosenFault);
  return (
    <section className="stack" aria-label="Faults">
      <b>Break something</b>
      <Injected sandbox={sandbox} changes={changes} connections={connections} />
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
        <input
          className="data-search"
          type="search"
          value={search}
          placeholder="Search fault or code…"
          aria-label="Search faults by title, story or code"
          onChange={(event) => setSearch(event.target.value)}
        />
        <Button
          variant="outlined"
          disabled={
            changes.isPending || connectionId === undefined || fault === undefined || fault.needsOwnWorld
          }
          onClick={() => {
            if (connectionId !== undefined && fault !== undefined)
              changes.fault(connectionId, fault.name, 'inject');
          }}
        >
          Inject
        </Button>
        <Button
          variant="outlined"
          disabled={changes.isPending || fault === undefined}
          onClick={() => {
            if (fault !== undefined) changes.enter(fault.world);
          }}
        >
          Show in its own world
        </Button>
      </div>
      {fault?.needsOwnWorld === true && (
        <p className="quiet small">This fault begins with another cluster, so it has a world of its own.</p>
      )}
      <FaultList groups={groups} chosen={fault?.name} onChoose={({ name }) => setChosenFault(name)} />
    </section>
  );
}

/** What is broken now, each with the way to mend it. */
function Injected({
  sandbox,
  changes,
  connections,
}: FaultPickerProps & { readonly connections: readonly { id: string; name: string }[] }) {
  if (sandbox.injected.length === 0) return null;
  const nameOf = (id: string) => connections.find((one) => one.id === id)?.name ?? id;
  const titleOf = (name: string) => sandbox.faults.find((one) => one.name === name)?.title ?? name;
  return (
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
  );
}
