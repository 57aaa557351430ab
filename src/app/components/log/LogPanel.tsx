import { useState } from 'react';
import type { ControllerLog } from '../../../api/log.ts';
import type { Controller } from '../../../api/shapes.ts';
import { Age } from '../../ui/Age.tsx';
import { Button } from '../../ui/Button.tsx';
import { CopyCommand } from '../../ui/CopyCommand.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { CONTROLLER_NAMES } from '../connection/words.ts';
import { type LogChoice, useLog } from './log-query.ts';
import { LogLines } from './LogLines.tsx';
import './log.css';

/** Written out: the list of the contract would bring zod into the page. */
const CONTROLLERS = ['operator', 'meshsync', 'broker'] as const satisfies readonly Controller[];
const TAILS = [100, 200, 500, 2000] as const;
const FIRST: LogChoice = { controller: 'operator', pod: '', container: '', isPrevious: false, tail: 200 };

/** The logs of Operator, MeshSync and Broker: choose, follow, filter, copy. */
export function LogPanel({ connectionId }: { readonly connectionId: string }) {
  const [choice, setChoice] = useState(FIRST);
  const [isFollowed, setFollowed] = useState(true);
  const [filter, setFilter] = useState('');
  const { data, error, refetch } = useLog(connectionId, choice, isFollowed);
  // While another controller is asked for, the log before is still here; its pods are not this one’s.
  const log = data?.controller === choice.controller ? data : undefined;
  const wanted = filter.trim().toLowerCase();
  const lines = (log?.lines ?? []).filter(({ text }) => text.toLowerCase().includes(wanted));
  return (
    <>
      <div className="log-bar">
        <label>
          Controller
          <select
            value={choice.controller}
            onChange={(event) => {
              const controller = CONTROLLERS.find((one) => one === event.target.value) ?? 'operator';
              setChoice({ ...FIRST, controller, tail: choice.tail });
            }}
          >
            {CONTROLLERS.map((one) => (
              <option key={one} value={one}>
                {CONTROLLER_NAMES[one]}
              </option>
            ))}
          </select>
        </label>
        <PodPicker log={log} choice={choice} onChange={setChoice} />
        <label>
          Lines
          <select
            value={choice.tail}
            onChange={(event) => setChoice({ ...choice, tail: Number(event.target.value) })}
          >
            {TAILS.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
        <label>
          Filter
          <input type="search" value={filter} onChange={(event) => setFilter(event.target.value)} />
        </label>
        <Tick label="Follow" isOn={isFollowed} onChange={setFollowed} />
        <Tick
          label="Before the last restart"
          isOn={choice.isPrevious}
          onChange={(isPrevious) => setChoice({ ...choice, isPrevious })}
        />
      </div>
      {log === undefined && error === null && <ListSkeleton label="Loading the log" />}
      {error !== null && (
        <ErrorState what="The log could not be read." error={error} onRetry={() => void refetch()} />
      )}
      {log !== undefined && <LogBody log={log} lines={lines} isFollowed={isFollowed} />}
    </>
  );
}

interface LogBodyProps {
  readonly log: ControllerLog;
  readonly lines: ControllerLog['lines'];
  readonly isFollowed: boolean;
}

function LogBody({ log, lines, isFollowed }: LogBodyProps) {
  const [outcome, setOutcome] = useState<'copied' | 'refused'>();
  const known = lines.filter(({ meaning }) => meaning !== undefined).length;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(lines.map(({ text }) => text).join('\n'));
      setOutcome('copied');
    } catch {
      // Browsers refuse outside https and localhost: the text can still be selected.
      setOutcome('refused');
    }
  };
  return (
    <>
      {log.problem !== undefined && (
        <div className="notice tone-attention" role="status">
          <p>
            <b>{log.problem.message}</b>
          </p>
          {log.problem.remedy !== undefined && <p>{log.problem.remedy}</p>}
        </div>
      )}
      <div className="row">
        <span className="quiet small">
          {lines.length} of {log.lines.length} lines
          {known > 0 && `, ${known} of them known`} · read <Age at={log.readAt} suffix=" ago" />
        </span>
        <span className="spread" />
        <span role="status" className="small quiet">
          {outcome === 'copied' && 'Copied'}
          {outcome === 'refused' && 'Select it and copy'}
        </span>
        <Button
          variant="outlined"
          disabled={lines.length === 0}
          startIcon={<Icon name="copy" size={16} />}
          onClick={() => void copy()}
        >
          Copy the lines
        </Button>
      </div>
      {lines.length > 0 && (
        <LogLines
          lines={lines}
          label={`Log of ${CONTROLLER_NAMES[log.controller]}`}
          isFollowed={isFollowed}
        />
      )}
      {lines.length === 0 && log.problem === undefined && (
        <p>
          {log.lines.length === 0 ? 'It has written nothing yet.' : 'No line holds the words of the filter.'}
        </p>
      )}
      {log.command !== undefined && <CopyCommand command={log.command} />}
    </>
  );
}

interface PodPickerProps {
  readonly log: ControllerLog | undefined;
  readonly choice: LogChoice;
  readonly onChange: (choice: LogChoice) => void;
}

function PodPicker({ log, choice, onChange }: PodPickerProps) {
  const pods = log?.pods ?? [];
  const pod = pods.find(({ name }) => name === (log?.pod ?? choice.pod));
  return (
    <>
      <label>
        Pod
        <select
          value={pod?.name ?? ''}
          disabled={pods.length === 0}
          onChange={(event) => onChange({ ...choice, pod: event.target.value, container: '' })}
        >
          {pod === undefined && <option value="">{pods.length === 0 ? 'none' : 'choose one'}</option>}
          {pods.map(({ name, ready, restarts }) => (
            <option key={name} value={name}>
              {name}
              {ready ? '' : ' (not ready)'}
              {restarts > 0 ? ` (${restarts} restarts)` : ''}
            </option>
          ))}
        </select>
      </label>
      {pod !== undefined && pod.containers.length > 1 && (
        <label>
          Container
          <select
            value={log?.container ?? ''}
            onChange={(event) => onChange({ ...choice, pod: pod.name, container: event.target.value })}
          >
            {pod.containers.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}

interface TickProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

function Tick({ label, isOn, onChange }: TickProps) {
  return (
    <label className="log-tick">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}
