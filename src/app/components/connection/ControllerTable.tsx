import type { ControllerState } from '../../../api/diagnosis.ts';
import { Age } from '../../ui/Age.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { becauseWords, CONTROLLER_NAMES, VERDICT_LOOK } from './words.ts';

/** Operator, MeshSync and Broker: state, version, what decided it, since when. */
export function ControllerTable({ controllers }: { readonly controllers: readonly ControllerState[] }) {
  return (
    <table className="controllers">
      <thead className="sr-only">
        <tr>
          <th scope="col">Controller</th>
          <th scope="col">State</th>
          <th scope="col">Version</th>
          <th scope="col">Because</th>
          <th scope="col">Since</th>
        </tr>
      </thead>
      <tbody>
        {controllers.map(({ controller, state, verdict, version, because, sinceAt }) => (
          <tr key={controller} className={verdict === 'good' ? 'is-good' : undefined}>
            <th scope="row">{CONTROLLER_NAMES[controller]}</th>
            <td>
              <span className={`chip tone-${verdict}`}>
                <Icon name={VERDICT_LOOK[verdict].icon} size={11} />
                {state}
              </span>
            </td>
            <td className="controllers-version" title={version}>
              {/* Which Linux an image is built on is not its version, and costs the words beside it their room. */}
              {version?.replace(/-alpine[\d.]*$/, '')}
            </td>
            <td className="controllers-because">
              <span title={becauseWords(because)}>
                {/* What is well is said in few words, and in as many lines whatever its numbers: the card must not jump. */}
                {becauseWords(because.slice(0, verdict === 'good' ? 1 : 2))}
              </span>
            </td>
            <td className="controllers-since">{sinceAt !== undefined && <Age at={sinceAt} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
