import type { HopState } from '../../../api/diagnosis.ts';
import { Icon, MARKS } from '../../ui/Icon.tsx';
import { HOP_NAMES, VERDICT_LOOK } from './words.ts';

const ONWARD_WORDS: Readonly<Record<HopState['onward'], string>> = {
  carries: 'data passes on',
  broken: 'data stops here',
  'not-evaluated': 'not known whether data passes on',
  end: '',
};

/** The way the data takes, six hops: in a row, or down where there is little room. */
export function PathDiagram({ hops }: { readonly hops: readonly HopState[] }) {
  return (
    <ol className="path" aria-label="The way the data takes">
      {hops.map(({ hop, verdict, word, onward }) => (
        <li key={hop} className={`hop tone-${verdict}`}>
          <span className="hop-mark">
            <Icon name={hop} />
            <span className="hop-badge">
              <Icon name={VERDICT_LOOK[verdict].icon} size={10} />
            </span>
          </span>
          <span className="hop-name">{HOP_NAMES[hop]}</span>
          <span className="hop-word">{word}</span>
          {onward !== 'end' && (
            <span className={`hop-line is-${onward}`}>
              {onward === 'broken' && <Icon name="cross" size={11} />}
            </span>
          )}
          <span className="sr-only">
            , {VERDICT_LOOK[verdict].word}
            {onward !== 'end' && `, ${ONWARD_WORDS[onward]}`}
          </span>
        </li>
      ))}
    </ol>
  );
}

const MARK_PX = 24;
const MARK_STEP_PX = 27;

/**
 * The same as six small marks, for a row. One drawing for all six: a thousand rows scroll by, and a third of their cost
 * was the laying out of these.
 */
export function PathMarks({ hops }: { readonly hops: readonly HopState[] }) {
  return (
    <svg
      className="marks"
      width={hops.length * MARK_STEP_PX - (MARK_STEP_PX - MARK_PX)}
      height={MARK_PX + 2}
      fill="none"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      {hops.map(({ hop, verdict }, index) => (
        <g key={hop} className={`mark tone-${verdict}`} transform={`translate(${index * MARK_STEP_PX} 0)`}>
          <rect width={MARK_PX - 2} height={MARK_PX - 2} rx={6} />
          <path d={MARKS[hop]} transform="translate(4 4) scale(0.58)" strokeWidth={2.2} />
          <circle cx={20} cy={20} r={5.5} />
          <path
            d={MARKS[VERDICT_LOOK[verdict].icon]}
            transform="translate(16 16) scale(0.34)"
            strokeWidth={4.5}
          />
        </g>
      ))}
    </svg>
  );
}
