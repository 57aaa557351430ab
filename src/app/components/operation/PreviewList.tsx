import { useState } from 'react';
import type { ObjectChange, OperationPreview } from '../../../api/operation.ts';
import { Button } from '../../ui/Button.tsx';

const GROUPS = [
  { action: 'remove', label: 'Will be removed', tone: 'broken' },
  { action: 'replace', label: 'Will be deleted and made anew', tone: 'broken' },
  { action: 'create', label: 'Will be created', tone: 'good' },
  { action: 'change', label: 'Will be changed', tone: 'attention' },
  { action: 'keep', label: 'Stays as it is', tone: 'unknown' },
] as const satisfies readonly { action: ObjectChange['action']; label: string; tone: string }[];

/** The exact objects an operation would touch, by what happens to them, and its warnings. */
export function PreviewList({
  preview,
  isOld,
}: {
  readonly preview: OperationPreview;
  readonly isOld: boolean;
}) {
  const { changes, steps, warnings } = preview;
  const all = changes.flatMap(({ yaml }) => (yaml === undefined ? [] : [yaml]));
  return (
    <div className={isOld ? 'preview is-old' : 'preview'} aria-busy={isOld}>
      {warnings.map((warning) => (
        <p key={warning} className="notice tone-attention">
          {warning}
        </p>
      ))}
      {changes.length === 0 && preview.refusal === undefined && (
        <p className="quiet">No object in the cluster is created, changed or removed for good.</p>
      )}
      {GROUPS.map(({ action, label, tone }) => {
        const group = changes.filter((change) => change.action === action);
        if (group.length === 0) return null;
        return (
          <section key={action} aria-label={label}>
            <h3 className={`row tone-${tone}`}>
              <span className="chip">{group.length}</span> {label}
            </h3>
            <ul>
              {group.map((change) => (
                <Change key={`${change.kind} ${change.namespace ?? ''} ${change.name}`} change={change} />
              ))}
            </ul>
          </section>
        );
      })}
      {all.length > 0 && (
        <div>
          <CopyYaml text={all.join('---\n')} label="Copy all as YAML" />
        </div>
      )}
      {steps.length > 0 && (
        <details>
          <summary>{steps.length === 1 ? '1 step' : `${steps.length} steps, in this order`}</summary>
          <ol className="quiet small">
            {steps.map((step, index) => (
              <li key={step}>
                {index + 1}. {step}
              </li>
            ))}
          </ol>
        </details>
      )}
    </div>
  );
}

function Change({ change }: { readonly change: ObjectChange }) {
  const { kind, namespace, name, apiVersion, note, yaml } = change;
  const words = (
    <span className="change-name">
      <b>{kind}</b> {namespace === undefined ? name : `${namespace}/${name}`}{' '}
      <span className="quiet small">
        {apiVersion}
        {note !== undefined && ` · ${note}`}
      </span>
    </span>
  );
  if (yaml === undefined) return <li className="change">{words}</li>;
  return (
    <li className="change">
      <details>
        <summary>{words}</summary>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- without it, keyboards cannot scroll here (axe: scrollable-region-focusable) */}
        <pre className="yaml" tabIndex={0} aria-label={`YAML of ${kind} ${name}`}>
          {yaml}
        </pre>
        <CopyYaml text={yaml} label="Copy YAML" />
      </details>
    </li>
  );
}

function CopyYaml({ text, label }: { readonly text: string; readonly label: string }) {
  const [outcome, setOutcome] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('Copied');
    } catch {
      // Browsers refuse outside https and localhost: the text can still be selected.
      setOutcome('Select it and copy');
    }
  };
  return (
    <span className="row">
      <Button variant="outlined" onClick={() => void copy()}>
        {label}
      </Button>
      <span role="status" className="quiet small">
        {outcome}
      </span>
    </span>
  );
}
