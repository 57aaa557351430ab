import { useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';

interface CopyTextProps {
  readonly title: string;
  readonly text: string;
}

/** A long text to read, with a button that copies it and says whether that worked. */
export function CopyText({ title, text }: CopyTextProps) {
  const [outcome, setOutcome] = useState<'copied' | 'refused'>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      // Browsers refuse outside https and localhost: the text can still be selected.
      setOutcome('refused');
    }
  };
  return (
    <section className="stack">
      <div className="row">
        <h3>{title}</h3>
        <span className="spread" />
        <span role="status" className="small quiet">
          {outcome === 'copied' && 'Copied'}
          {outcome === 'refused' && 'Select it and copy'}
        </span>
        <Button
          variant="outlined"
          startIcon={<Icon name={outcome === 'copied' ? 'check' : 'copy'} size={16} />}
          onClick={() => void copy()}
        >
          Copy {title}
        </Button>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- without it, keyboards cannot scroll here (axe: scrollable-region-focusable) */}
      <pre className="sample is-long" tabIndex={0} aria-label={title}>
        {text}
      </pre>
    </section>
  );
}
