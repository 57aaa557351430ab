import type { RejectedMessages } from '../../../api/database.ts';
import { countWords } from './amounts.ts';

/** Messages that could not be stored, by reason, each with the latest ones to look at. */
export function RejectedList({ rejected }: { readonly rejected: readonly RejectedMessages[] }) {
  return (
    <ul className="stack rejected">
      {rejected.map(({ reason, count, samples }) => (
        <li key={reason}>
          {samples.length === 0 ? (
            <>
              <b>{countWords(count)}</b> {reason}
            </>
          ) : (
            <details>
              <summary>
                <b>{countWords(count)}</b> {reason}
              </summary>
              {samples.map((sample, index) => (
                // Samples may be equal, and are never moved about.
                // oxlint-disable-next-line react/no-array-index-key
                <pre key={index} className="sample">
                  {sample}
                </pre>
              ))}
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}
