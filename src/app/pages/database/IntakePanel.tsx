import { bytesWords, countWords } from '../../components/data/amounts.ts';
import type { Database } from '../../components/data/data-queries.ts';
import { RejectedList } from '../../components/data/RejectedList.tsx';

/** What came of every message since the server started. */
export function IntakePanel({ database }: { readonly database: Database }) {
  const { counters, rejected, waiting } = database;
  const tallies: readonly (readonly [string, string])[] = [
    ['received', countWords(counters.received)],
    ['in all', bytesWords(counters.receivedBytes)],
    ['objects stored', countWords(counters.stored)],
    ['objects deleted', countWords(counters.deleted)],
    ['known already', countWords(counters.unchanged)],
    ['nothing to store', countWords(counters.ignored)],
    ['rejected', countWords(counters.rejected)],
    ['waiting', countWords(waiting)],
  ];
  return (
    <section className="panel stack">
      <h2>Messages since this server started</h2>
      <dl className="tallies">
        {tallies.map(([word, amount]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{amount}</dd>
          </div>
        ))}
      </dl>
      {counters.dropped > 0 && (
        <p className="notice tone-attention small">
          <b>{countWords(counters.dropped)} were lost</b> while the database was behind or out of order.
          MeshSync is asked for everything again.
        </p>
      )}
      <h3>Could not be stored</h3>
      {rejected.length === 0 ? (
        <p className="quiet small">Every message so far was understood.</p>
      ) : (
        <RejectedList rejected={rejected} />
      )}
    </section>
  );
}
