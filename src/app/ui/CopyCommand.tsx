import { useState } from 'react';
import { IconButton } from './Button.tsx';
import { Icon } from './Icon.tsx';

interface CopyCommandProps {
  readonly command: string;
  /** What is copied, when it is not a command. */
  readonly noun?: string;
}

/** A command to run elsewhere, with a button that copies it and says whether that worked. */
export function CopyCommand({ command, noun = 'command' }: CopyCommandProps) {
  const [outcome, setOutcome] = useState<'copied' | 'refused'>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(command);
      setOutcome('copied');
    } catch {
      // Browsers refuse outside https and localhost: the text can still be selected.
      setOutcome('refused');
    }
  };
  return (
    <div className="command">
      <code>{unbroken(command)}</code>
      <span role="status" className="small quiet">
        {outcome === 'copied' && 'Copied'}
        {outcome === 'refused' && 'Select it and copy'}
      </span>
      <IconButton aria-label={`Copy the ${noun}`} onClick={() => void copy()}>
        <Icon name={outcome === 'copied' ? 'check' : 'copy'} size={16} />
      </IconButton>
    </div>
  );
}

/** Lines break between words alone: browsers break after a hyphen as well, and `-` at the end of a line is no option. */
function unbroken(command: string) {
  return command.split(/(\s+)/).map((part, index) =>
    index % 2 === 0 ? (
      // The parts of a command do not change places.
      <span key={index} className="command-word">
        {part}
      </span>
    ) : (
      part
    ),
  );
}
