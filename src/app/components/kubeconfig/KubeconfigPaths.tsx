import type { KubeconfigPath } from '../../../api/kubeconfig.ts';
import type { Tone } from '../../theme/tokens.ts';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { ScrollArea } from '../../ui/ScrollArea.tsx';

const OUTCOMES: Readonly<Record<KubeconfigPath['outcome'], { word: string; tone: Tone; icon: IconName }>> = {
  read: { word: 'read', tone: 'good', icon: 'check' },
  absent: { word: 'not there', tone: 'unknown', icon: 'question' },
  unreadable: { word: 'cannot be read', tone: 'broken', icon: 'cross' },
  invalid: { word: 'not valid', tone: 'broken', icon: 'cross' },
  empty: { word: 'empty', tone: 'attention', icon: 'bang' },
};

/** Where kubeconfigs were looked for, and what came of each. */
export function KubeconfigPaths({ paths }: { readonly paths: readonly KubeconfigPath[] }) {
  if (paths.length === 0) return <p className="quiet">No place was tried.</p>;
  return (
    <ScrollArea label="Places tried">
      <table className="facts">
        <thead>
          <tr>
            <th scope="col">Place</th>
            <th scope="col">Why it was tried</th>
            <th scope="col">Result</th>
            <th scope="col">Contexts</th>
          </tr>
        </thead>
        <tbody>
          {paths.map(({ path, reason, outcome, message, contexts }) => (
            <tr key={`${path} ${reason}`}>
              <td>
                <code>{path}</code>
              </td>
              <td>{reason}</td>
              <td>
                <span className={`chip tone-${OUTCOMES[outcome].tone}`}>
                  <Icon name={OUTCOMES[outcome].icon} size={11} />
                  {OUTCOMES[outcome].word}
                </span>
                {message !== undefined && <div className="quiet">{message}</div>}
              </td>
              <td>{contexts}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}
