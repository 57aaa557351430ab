import type { SandboxFault } from '../../../api/sandbox.ts';
import type { FaultGroup } from './fault-search.ts';

interface FaultListProps {
  readonly groups: readonly FaultGroup[];
  readonly chosen: string | undefined;
  readonly onChoose: (fault: SandboxFault) => void;
}

/** The faults to choose from, by hop, each with the findings it leads to. */
export function FaultList({ groups, chosen, onChoose }: FaultListProps) {
  if (groups.length === 0) return <p>No fault matches. Faults are searched with their stories and codes.</p>;
  return (
    <div className="faults" role="radiogroup" aria-label="Fault">
      {groups.map(({ hop, title, faults }) => (
        <fieldset key={hop}>
          <legend>
            {title} <span className="quiet small">{faults.length}</span>
          </legend>
          {faults.map((fault) => (
            <FaultChoice
              key={fault.name}
              {...fault}
              isChosen={fault.name === chosen}
              onChoose={() => onChoose(fault)}
            />
          ))}
        </fieldset>
      ))}
    </div>
  );
}

interface FaultChoiceProps extends SandboxFault {
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

/** A native radio: more than a hundred of MUI’s own would be felt at each letter of the search. */
function FaultChoice({ name, title, story, shows, isChosen, onChoose }: FaultChoiceProps) {
  return (
    <label className="fault">
      <input type="radio" name="sandbox-fault" value={name} checked={isChosen} onChange={onChoose} />
      <b>{title}</b>
      <span className="quiet small">{shows.join(', ')}</span>
      <span className="quiet small">{story}</span>
    </label>
  );
}
