import { useEffect, useRef } from 'react';
import type { LogLine } from '../../../api/log.ts';
import { Icon } from '../../ui/Icon.tsx';
import { CodeText } from '../data/CodeText.tsx';
import './log.css';

interface LogLinesProps {
  readonly lines: readonly LogLine[];
  readonly label: string;
  /** Keeps the newest line in view. */
  readonly isFollowed: boolean;
}

/** The lines of a log; a known one stands out and says what it means and what to do. */
export function LogLines({ lines, label, isFollowed }: LogLinesProps) {
  const ref = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const list = ref.current;
    if (isFollowed && list !== null) list.scrollTop = list.scrollHeight;
  });
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- without it, keyboards cannot scroll here (axe: scrollable-region-focusable)
    <ol ref={ref} className="log" tabIndex={0} aria-label={label}>
      {lines.map(({ text, meaning, remedy }, index) => (
        // A log has equal lines; its place is what tells one from another.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={index} className={meaning === undefined ? 'log-line' : 'log-line is-known tone-attention'}>
          <code>
            <CodeText text={text} />
          </code>
          {meaning !== undefined && (
            <p className="log-meaning">
              <Icon name="bang" size={12} /> Known: {meaning}. {remedy}
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}
