import type { ContextPreview, UploadConsent } from '../../../api/kubeconfig-upload.ts';
import { kubeconfigReference } from '../../../core/errors-reference/kubeconfig-code.ts';
import { paths } from '../../paths.ts';
import { Icon } from '../../ui/Icon.tsx';
import { abilityWords, consentsAsked, keyOf, type Preview, reachWords, type Ticks } from './upload.ts';
import './upload.css';

interface UploadPreviewProps {
  readonly preview: Preview;
  readonly ticks: ReadonlyMap<string, Ticks>;
  readonly onTick: (context: ContextPreview, ticks: Ticks) => void;
}

/** Every context of the files: what it is, whether it may be added, and what one has to agree to. */
export function UploadPreview({ preview, ticks, onTick }: UploadPreviewProps) {
  return (
    <section aria-label="Contexts in the files">
      {preview.files.map(({ name, problem }, index) =>
        problem === undefined ? null : (
          <p key={index} className="tone-broken">
            <Icon name="cross" size={12} /> {name}: {problem.message} <More code={problem.code} />
          </p>
        ),
      )}
      {preview.contexts.length === 0 && <p className="quiet">There is no context to add.</p>}
      {preview.contexts.map((context) => (
        <ContextChoice
          key={keyOf(context)}
          context={context}
          ticks={ticks.get(keyOf(context)) ?? { isChosen: false, consents: [] }}
          onTick={(next) => onTick(context, next)}
        />
      ))}
    </section>
  );
}

/** Its cause and remedy at length; in a tab of its own, because what was chosen here would be lost. */
function More({ code }: { readonly code: string }) {
  const reference = kubeconfigReference(code);
  return (
    <a href={paths.errors(reference)} target="_blank" rel="noopener">
      About {reference}
      <span className="sr-only"> (opens a new tab)</span>
    </a>
  );
}

interface ContextChoiceProps {
  readonly context: ContextPreview;
  readonly ticks: Ticks;
  readonly onTick: (ticks: Ticks) => void;
}

function ContextChoice({ context, ticks, onTick }: ContextChoiceProps) {
  const { known, refusals } = context;
  const asked = consentsAsked(context);
  const notes = context.warnings.filter(({ needsConsent }) => !needsConsent);
  const agree = (code: UploadConsent, isGiven: boolean) =>
    onTick({
      ...ticks,
      consents: isGiven ? [...ticks.consents, code] : ticks.consents.filter((one) => one !== code),
    });
  return (
    <div className="upload-context" role="group" aria-label={context.context}>
      <label>
        <input
          type="checkbox"
          aria-label={`Add ${context.context}`}
          disabled={!context.canAdd}
          checked={ticks.isChosen && context.canAdd}
          onChange={(event) => onTick({ ...ticks, isChosen: event.target.checked })}
        />
        <b>{context.context}</b>
        <span className="quiet small">
          {[context.fileName, context.user, context.server].filter((word) => word !== '').join('  ·  ')}
        </span>
      </label>
      {refusals.map(({ code, field, message }) => (
        <p key={`${field} ${message}`} className="tone-broken" style={{ color: 'var(--tone)' }}>
          <Icon name="cross" size={12} /> {message} <More code={code} />
        </p>
      ))}
      {refusals.length === 0 && <p className="small">{reachWords(context)}</p>}
      {context.clusterUid !== undefined && <p className="quiet small">Cluster {context.clusterUid}</p>}
      {known !== undefined && <p className="small">A further way into {known.name}.</p>}
      {abilityWords(context).map((words) => (
        <p key={words} className="quiet small">
          {words}
        </p>
      ))}
      {notes.map(({ code, message }) => (
        <p key={code} className="small">
          {message}
        </p>
      ))}
      {refusals.length === 0 &&
        asked.map(({ code, message }) => (
          <label key={code} className="tone-attention">
            <input
              type="checkbox"
              checked={ticks.consents.includes(code)}
              onChange={(event) => agree(code, event.target.checked)}
            />
            <span>{message} I agree.</span>
          </label>
        ))}
    </div>
  );
}
