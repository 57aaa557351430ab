import { bytesWords, countOf, countWords } from '../../components/data/amounts.ts';
import type { Database } from '../../components/data/data-queries.ts';
import { Age } from '../../ui/Age.tsx';
import { ScrollArea } from '../../ui/ScrollArea.tsx';

const INTEGRITY_LOOK = {
  unchecked: { tone: 'unknown', words: 'not checked yet' },
  checking: { tone: 'changing', words: 'being checked' },
  ok: { tone: 'good', words: 'sound' },
  damaged: { tone: 'broken', words: 'damaged' },
} as const;

/** Where the database is, how large, whether sound, and its tables. */
export function DatabaseFile({ database }: { readonly database: Database }) {
  const { path, sizeBytes, rows, tables, integrity, lastWriteAt, problem } = database;
  // A damaged file was found without anybody asking for the check.
  const isDamaged = problem?.kind === 'corrupt' || problem?.kind === 'not-a-database';
  const look = INTEGRITY_LOOK[isDamaged ? 'damaged' : integrity.outcome];
  return (
    <section className="panel stack">
      <h2>File</h2>
      <dl className="facts-list">
        <dt>Path</dt>
        <dd>
          {path === 'memory' ? 'in the memory of this page, gone when it is closed' : <code>{path}</code>}
        </dd>
        <dt>Size</dt>
        <dd>{bytesWords(sizeBytes)}</dd>
        <dt>Holds</dt>
        <dd>{countOf(rows, 'row')}</dd>
        <dt>Last written</dt>
        <dd>
          {lastWriteAt === undefined ? (
            'not since this server started'
          ) : (
            <Age at={lastWriteAt} suffix=" ago" />
          )}
        </dd>
        <dt>Integrity</dt>
        <dd>
          <span className={`chip tone-${look.tone}`}>{look.words}</span>{' '}
          {integrity.checkedAt !== undefined && <Age at={integrity.checkedAt} suffix=" ago" />}
          {integrity.outcome === 'damaged' && integrity.messages.length > 0 && (
            <pre className="sample">{integrity.messages.join('\n')}</pre>
          )}
        </dd>
      </dl>
      {tables.length > 0 && (
        <ScrollArea label="Tables">
          <table className="facts numbers">
            <thead>
              <tr>
                <th scope="col">Table</th>
                <th scope="col">Rows</th>
              </tr>
            </thead>
            <tbody>
              {tables.map((table) => (
                <tr key={table.name}>
                  <th scope="row">{table.name}</th>
                  <td>{countWords(table.rows)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
    </section>
  );
}
