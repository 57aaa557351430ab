import Radio from '@mui/material/Radio';
import type { SandboxWorld } from '../../../api/sandbox.ts';
import type { SandboxChanges } from './SandboxDialog.tsx';
import './sandbox.css';

interface WorldListProps {
  readonly worlds: readonly SandboxWorld[];
  readonly running: string | undefined;
  readonly changes: SandboxChanges;
}

/** The worlds there are; choosing one starts it in place of the one that runs. */
export function WorldList({ worlds, running, changes }: WorldListProps) {
  return (
    <fieldset className="worlds">
      <legend>World</legend>
      {worlds.map(({ name, title, story, connections }) => (
        <label key={name} className="world">
          <Radio
            size="small"
            name="sandbox-world"
            value={name}
            checked={name === running}
            disabled={changes.isPending}
            onChange={() => changes.enter(name)}
          />
          <span>
            <b>{title}</b>{' '}
            <span className="quiet small">
              {connections === 1 ? '1\u00a0connection' : `${connections}\u00a0connections`}
            </span>
            <br />
            <span className="quiet small">{story}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
