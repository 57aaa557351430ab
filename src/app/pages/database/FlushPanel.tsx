import { useState } from 'react';
import { FlushButton } from '../../components/data/FlushButton.tsx';
import { OperationPanel } from '../../components/operation/OperationPanel.tsx';
import { useConnections } from '../../data/queries.ts';
import { useOpenOperations } from '../../data/operations.ts';
import { FilterSelect } from '../activity/FilterSelect.tsx';

/** Begins anew with one cluster, where the rest of the database may stay. */
export function FlushPanel() {
  const { data } = useConnections('');
  const [chosenId, setChosenId] = useState<string>();
  const flushes = useOpenOperations().filter(({ kind }) => kind === 'flush');
  const all = data?.items ?? [];
  const chosen = all.length === 1 ? all[0] : all.find(({ id }) => id === chosenId);
  return (
    <section className="panel stack">
      <h2>One connection anew</h2>
      <p className="quiet small">
        Removes the rows of its cluster alone and asks its MeshSync for everything again. Nothing in the
        cluster changes.
      </p>
      {all.length === 0 ? (
        <p className="small">There is no connection yet.</p>
      ) : (
        <div className="row">
          {all.length > 1 && (
            <FilterSelect
              label="Connection"
              none="choose one"
              value={chosenId}
              options={all.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={setChosenId}
            />
          )}
          {chosen !== undefined && <FlushButton connection={chosen} />}
        </div>
      )}
      {flushes.map((operation) => (
        <OperationPanel key={operation.id} operation={operation} />
      ))}
    </section>
  );
}
