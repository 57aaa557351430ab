import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Drift, KindDrift } from '../../../api/resource.ts';
import { client } from '../../data/client.ts';
import { notifyError } from '../../notify/notify.ts';
import { Age } from '../../ui/Age.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { ScrollArea } from '../../ui/ScrollArea.tsx';
import { Spinner } from '../../ui/Spinner.tsx';
import { countOf, countWords } from './amounts.ts';
import { driftKey, RESOURCES_KEY, useDrift } from './data-queries.ts';

/** Compares the database with the cluster on demand, says what differs, and mends just that. */
export function DriftMeter({ connectionId }: { readonly connectionId: string }) {
  const { data } = useDrift(connectionId);
  const run = useDriftRun(connectionId);
  const isRunning = run.isPending || data?.isRunning === true;
  const last = data?.last;
  const differing = last === undefined ? 0 : last.ghosts + last.missing + last.outdated;
  const busy = isRunning ? 'A comparison runs already.' : undefined;
  return (
    <>
      <div className="row">
        <ReasonButton variant="outlined" reason={busy} onClick={() => run.mutate('driftCheck')}>
          Compare with the cluster
        </ReasonButton>
        {differing > 0 && (
          <ReasonButton
            variant="contained"
            tint="primary"
            reason={busy}
            onClick={() => run.mutate('driftRepair')}
          >
            Repair {countOf(differing, 'row')}
          </ReasonButton>
        )}
        <span role="status" className="row quiet small">
          {isRunning && (
            <>
              <Spinner label="Comparing" /> Comparing, by names and versions alone…
            </>
          )}
        </span>
      </div>
      {data?.problem !== undefined && !isRunning && (
        <p className="notice tone-attention small">
          <b>The last comparison did not end.</b> {data.problem}
        </p>
      )}
      {last === undefined && !isRunning && (
        <p className="quiet small">Not compared yet. After every reconnect it is compared by itself.</p>
      )}
      {last !== undefined && <DriftResult drift={last} differing={differing} />}
    </>
  );
}

function useDriftRun(connectionId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (what: 'driftCheck' | 'driftRepair') => client.call(what, { params: { connectionId } }),
    onSuccess: (last) => {
      cache.setQueryData(driftKey(connectionId), { isRunning: false, last });
      if (last.repair !== undefined) void cache.invalidateQueries({ queryKey: RESOURCES_KEY });
    },
    onError: (error, what) =>
      notifyError(
        what === 'driftCheck'
          ? 'The database could not be compared with the cluster.'
          : 'The rows could not be repaired.',
        error,
      ),
  });
}

function DriftResult({ drift, differing }: { readonly drift: Drift; readonly differing: number }) {
  const { repair, compared, endedAt } = drift;
  const telling = drift.kinds.filter(
    (kind) => kind.outcome !== 'compared' || kind.ghosts + kind.missing + kind.outdated > 0,
  );
  return (
    <>
      <p className="row small">
        <span className={`chip tone-${differing === 0 ? 'good' : 'attention'}`}>
          {differing === 0 ? 'Equal' : `${countWords(differing)} differ`}
        </span>
        <span>
          {countOf(compared, 'object')} of the cluster compared, <Age at={endedAt} suffix=" ago" />
        </span>
      </p>
      {repair !== undefined && (
        <p className="small">
          Repaired: {countOf(repair.removed, 'row')} removed, {countWords(repair.stored)} stored anew
          {repair.failed > 0 && `, ${countWords(repair.failed)} could not be read from the cluster`}
          {repair.left > 0 && `. ${countOf(repair.left, 'row')} are left: press Repair again`}.
        </p>
      )}
      {telling.length > 0 && (
        <ScrollArea label="What differs, per kind">
          <table className="facts numbers">
            <thead>
              <tr>
                <th scope="col">Kind</th>
                <th scope="col">In the cluster</th>
                <th scope="col">In the database</th>
                <th scope="col">Ghosts</th>
                <th scope="col">Missing</th>
                <th scope="col">Outdated</th>
                <th scope="col">Which</th>
              </tr>
            </thead>
            <tbody>
              {telling.map((kind) => (
                <tr key={`${kind.apiVersion} ${kind.kind}`}>
                  <th scope="row">{kind.kind}</th>
                  <td>{countWords(kind.inCluster)}</td>
                  <td>{countWords(kind.inDatabase)}</td>
                  <td>{countWords(kind.ghosts)}</td>
                  <td>{countWords(kind.missing)}</td>
                  <td>{countWords(kind.outdated)}</td>
                  <td>{whichOf(kind)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
    </>
  );
}

function whichOf(kind: KindDrift): string {
  switch (kind.outcome) {
    case 'skipped':
      return kind.because ?? 'could not be compared';
    case 'not-sent':
      return kind.because ?? 'MeshSync sent none of this kind';
    case 'compared': {
      const { ghosts, missing, outdated } = kind.samples;
      return [...ghosts, ...missing, ...outdated]
        .slice(0, 3)
        .map(({ namespace, name }) => (namespace === '' ? name : `${namespace}/${name}`))
        .join(', ');
    }
  }
}
