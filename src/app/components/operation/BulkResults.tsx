import { ClientError } from '../../../client/client-error.ts';
import { currentStep, STATUS_LOOK } from './operation-words.ts';
import type { PlacePreview } from './use-bulk-previews.ts';
import type { BulkEntry } from './use-bulk.ts';

/** How an action went on each connection. */
export function BulkResults({ entries }: { readonly entries: readonly BulkEntry[] }) {
  const run = entries.filter(({ state }) => state !== 'left-out');
  const ended = run.filter(
    (one) => one.state === 'refused' || (one.state === 'started' && one.operation.status !== 'running'),
  ).length;
  const isStarted = run.some(({ state }) => state !== 'chosen');
  const leftOut = entries.length - run.length;
  return (
    <div>
      <p role="status" className="quiet small">
        {isStarted && `${ended} of ${run.length} have ended`}
        {leftOut > 0 && (isStarted ? `; ${leftOut} left out` : `${leftOut} left out, see why below`)}
      </p>
      <ul className="result-list" aria-label="Connections">
        {entries.map((entry) => (
          <Result key={entry.place.id ?? entry.place.name} entry={entry} />
        ))}
      </ul>
    </div>
  );
}

function Result({ entry }: { readonly entry: BulkEntry }) {
  const { words, chip } = look(entry);
  return (
    <li className="result-row">
      <b>{entry.place.name}</b>
      <span className="quiet small">
        {words}
        {entry.state === 'chosen' && entry.preview?.status === 'known' && (
          <Foreseen preview={entry.preview} />
        )}
      </span>
      <span className={`chip tone-${chip.tone}`}>{chip.word}</span>
    </li>
  );
}

function look(entry: BulkEntry) {
  switch (entry.state) {
    case 'chosen':
      return { words: '', chip: { word: 'Selected', tone: 'unknown' } };
    case 'left-out':
      return { words: entry.reason, chip: { word: 'Left out', tone: 'attention' } };
    case 'starting':
      return { words: 'The cluster is being looked at.', chip: { word: 'Starting', tone: 'changing' } };
    case 'refused': {
      const remedy = entry.error instanceof ClientError ? (entry.error.remedy ?? '') : '';
      return { words: `${entry.error.message} ${remedy}`, chip: { word: 'Not started', tone: 'broken' } };
    }
    case 'started': {
      const { operation } = entry;
      const { number, of, step } = currentStep(operation);
      const words =
        operation.status === 'running'
          ? `step ${number} of ${of}: ${step?.title ?? ''}`
          : [operation.summary, operation.remedy].filter((one) => one !== undefined).join(' ');
      return { words, chip: STATUS_LOOK[operation.status] };
    }
  }
}

/** What would be taken away at one place; the rest of a preview is for the dialog of a single connection. */
function Foreseen({ preview }: { readonly preview: Extract<PlacePreview, { status: 'known' }> }) {
  const gone = preview.changes.filter(({ action }) => action === 'remove' || action === 'replace');
  return (
    <>
      {preview.warnings.join(' ')}
      {gone.length > 0 && (
        <details>
          <summary>
            {gone.length === 1 ? '1 object will be removed' : `${gone.length} objects will be removed`}
          </summary>
          <ul>
            {gone.map(({ kind, namespace, name }) => (
              <li key={`${kind} ${namespace ?? ''} ${name}`}>
                {kind} {namespace === undefined ? name : `${namespace}/${name}`}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
