import type { ControllerState } from '../../../api/diagnosis.ts';
import { Age } from '../../ui/Age.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { CONTROLLER_NAMES, VERDICT_LOOK } from './words.ts';

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
          <tr key={controller}>
            <th scope="row">{CONTROLLER_NAMES[controller]}</th>
            <td>
              <span className={`chip tone-${verdict}`}>
                <Icon name={VERDICT_LOOK[verdict].icon} size={11} />
                {state}
              </span>
            </td>
            <td className="controllers-version">{version}</td>
            <td className="controllers-because">
              <span title={because.map(({ text }) => text).join('; ')}>
                {because
                  .slice(0, 2)
                  .map(({ text }) => text)
                  .join('; ')}
              </span>
            </td>
            <td className="controllers-since">{sinceAt !== undefined && <Age at={sinceAt} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
