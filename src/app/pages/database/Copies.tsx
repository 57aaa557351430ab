import type { DatabaseCopy } from '../../../api/database.ts';
import { bytesWords } from '../../components/data/amounts.ts';
import { type Place, work } from '../../components/operation/work.ts';
import { Age } from '../../ui/Age.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';

interface CopiesProps {
  readonly copies: readonly DatabaseCopy[];
  /** Why nothing can be restored now. */
  readonly busy: string | undefined;
  readonly place: Place;
}

const WHY_WORDS = { reset: 'set aside by a reset', corrupt: 'set aside because it was damaged' } as const;

/** Former files, kept beside the one in use. */
export function Copies({ copies, busy, place }: CopiesProps) {
  return (
    <section className="panel stack">
      <h2>Copies set aside</h2>
      {copies.length === 0 ? (
        <p className="quiet small">
          None yet. A reset puts the file in use here; at most three are kept, and each can be put back.
        </p>
      ) : (
        <ul className="stack">
          {copies.map((copy) => (
            <li key={copy.id} className="row">
              <span className="spread copy">
                <code>{copy.path}</code>
                <span className="quiet small">
                  {bytesWords(copy.sizeBytes)} · {WHY_WORDS[copy.why]}{' '}
                  <Age at={copy.setAsideAt} suffix=" ago" />
                </span>
              </span>
              <ReasonButton
                variant="outlined"
                aria-label={`Restore ${copy.path}`}
                reason={copy.isRestorable ? busy : 'It is damaged: putting it back would not help.'}
                onClick={() =>
                  work.set({ kind: 'operation', operation: 'restore-database', place, copyId: copy.id })
                }
              >
                Restore
              </ReasonButton>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
