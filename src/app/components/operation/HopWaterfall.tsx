import type { SyntheticHop } from '../../../api/operation.ts';
import { tookWords } from './operation-words.ts';

/** Below this share of the whole a bar could not be seen. */
const THINNEST_PERCENT = 1;

/** How a change made in the cluster went from hop to hop: each bar begins where the one before it was done. */
export function HopWaterfall({
  hops,
  isRunning,
}: {
  readonly hops: readonly SyntheticHop[];
  readonly isRunning: boolean;
}) {
  const wholeMs = Math.max(1, ...hops.map((hop) => spanOf(hop)?.endMs ?? 0));
  return (
    <table className="waterfall small">
      <caption className="sr-only">How long the change took to each hop</caption>
      <tbody>
        {hops.map((one) => {
          const span = spanOf(one);
          return (
            <tr key={one.hop}>
              <th scope="row">{one.title}</th>
              <td className="waterfall-track" aria-hidden>
                {span === undefined ? (
                  <span className="waterfall-none" />
                ) : (
                  <span className="waterfall-bar" style={placeOf(span, wholeMs)} />
                )}
              </td>
              <td className="waterfall-time">
                {span === undefined
                  ? isRunning
                    ? 'waiting'
                    : 'never seen'
                  : tookWords(span.endMs - span.startMs)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** Of a test that was run before spans were kept only the time since its change is known. */
function spanOf({ startMs = 0, endMs, afterMs }: SyntheticHop): Span | undefined {
  const doneMs = endMs ?? afterMs;
  return doneMs === undefined ? undefined : { startMs, endMs: doneMs };
}

function placeOf({ startMs, endMs }: Span, wholeMs: number) {
  const width = Math.max(THINNEST_PERCENT, ((endMs - startMs) / wholeMs) * 100);
  const left = Math.min((startMs / wholeMs) * 100, 100 - THINNEST_PERCENT);
  return { marginLeft: `${left}%`, width: `${width}%` };
}
