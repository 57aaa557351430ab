import { ClientError } from '../../../client/client-error.ts';
import { currentStep, STATUS_LOOK } from './operation-words.ts';
import type { BulkEntry } from './use-bulk.ts';

/** How an action went on each connection. */
export function BulkResults({ entries }: { readonly entries: readonly BulkEntry[] }) {
  const ended = entries.filter(
    (one) => one.state === 'refused' || (one.state === 'started' && one.operation.status !== 'running'),
  ).length;
  const isStarted = entries.some(({ state }) => state !== 'chosen');
  return (
    <div>
      <p role="status" className="quiet small">
        {isStarted && `${ended} of ${entries.length} have ended`}
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
      <span className="quiet small">{words}</span>
      <span className={`chip tone-${chip.tone}`}>{chip.word}</span>
    </li>
  );
}

function look(entry: BulkEntry) {
  switch (entry.state) {
    case 'chosen':
      return { words: '', chip: { word: 'Selected', tone: 'unknown' } };
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
