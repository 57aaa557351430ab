import type { SyntheticHop } from '../../../api/operation.ts';
import { tookWords } from './operation-words.ts';

/** When a change made in the cluster was seen at each hop, as bars on one scale of time. */
export function HopWaterfall({
  hops,
  isRunning,
}: {
  readonly hops: readonly SyntheticHop[];
  readonly isRunning: boolean;
}) {
  const longestMs = Math.max(0.001, ...hops.map(({ afterMs }) => afterMs ?? 0));
  return (
    <table className="waterfall small">
      <caption className="sr-only">When the change was seen at each hop</caption>
      <tbody>
        {hops.map(({ hop, title, afterMs }) => (
          <tr key={hop}>
            <th scope="row">{title}</th>
            <td className="waterfall-track" aria-hidden>
              {afterMs === undefined ? (
                <span className="waterfall-none" />
              ) : (
                <span
                  className="waterfall-bar"
                  style={{ width: `${Math.max(1, (afterMs / longestMs) * 100)}%` }}
                />
              )}
            </td>
            <td className="waterfall-time">
              {afterMs === undefined ? (isRunning ? 'waiting' : 'never seen') : `after ${tookWords(afterMs)}`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
