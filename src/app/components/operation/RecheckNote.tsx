import type { Recheck } from '../../../api/operation.ts';
import { paths } from '../../paths.ts';
import type { Tone } from '../../theme/tokens.ts';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { Link } from '../../ui/Link.tsx';

const LOOK: Readonly<Record<Recheck['verdict'], { tone: Tone; icon: IconName; word: string }>> = {
  fixed: { tone: 'good', icon: 'check', word: 'Fixed' },
  'still-there': { tone: 'broken', icon: 'cross', word: 'Still there' },
  'not-known': { tone: 'attention', icon: 'question', word: 'Not known yet' },
};

/** `Fixed: …`, `Still there, because …`. */
export function recheckWords({ verdict, observed }: Recheck): string {
  const { word } = LOOK[verdict];
  return verdict === 'still-there' ? `${word}, because: ${observed}` : `${word}: ${observed}`;
}

/** What became of the finding that an operation was to mend. */
export function RecheckNote({ recheck }: { readonly recheck: Recheck }) {
  const { code, summary, verdict, replacedBy } = recheck;
  const { tone, icon } = LOOK[verdict];
  return (
    <div className={`recheck tone-${tone}`}>
      <p>
        <span className="recheck-mark">
          <Icon name={icon} size={14} />
        </span>{' '}
        <b>{recheckWords(recheck)}</b>
      </p>
      <p className="quiet small">
        It was: {summary} <Link href={paths.errors(code)}>{code}</Link>
        {replacedBy !== undefined && (
          <>
            {' · in its place now: '}
            <Link href={paths.errors(replacedBy)}>{replacedBy}</Link>
          </>
        )}
      </p>
    </div>
  );
}
