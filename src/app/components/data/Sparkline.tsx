import { useMemo } from 'react';

const WIDTH = 240;
const HEIGHT = 40;

interface SparklineProps {
  readonly label: string;
  /** Oldest first. */
  readonly values: readonly number[];
  readonly words: (value: number) => string;
  /** What the values cover: “the last 20 min”. */
  readonly over: string;
  /** When the first value was, where the values are steps of time that end now. */
  readonly from?: string;
}

/** A small plot, with the same in words for who does not see it. */
export function Sparkline({ label, values, words, over, from }: SparklineProps) {
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const now = values.at(-1) ?? 0;
  const line = useMemo(() => lineOf(values, most), [values, most]);
  return (
    <figure className="plot">
      <figcaption>
        <span className="quiet small">{label}</span>
        <b>{words(now)}</b>
        <span className="quiet small">most {words(most)}</span>
      </figcaption>
      <svg
        role="img"
        aria-label={`${label}: now ${words(now)}, most ${words(most)}, over ${over}`}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        <path className="plot-area" d={`${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`} />
        <path className="plot-line" d={line} vectorEffect="non-scaling-stroke" />
      </svg>
      {from !== undefined && (
        <div className="plot-axis quiet" aria-hidden>
          <span>{from}</span>
          <span>now</span>
        </div>
      )}
    </figure>
  );
}

function lineOf(values: readonly number[], most: number): string {
  if (values.length === 0) return `M0 ${HEIGHT - 1}L${WIDTH} ${HEIGHT - 1}`;
  const step = WIDTH / Math.max(1, values.length - 1);
  return values
    .map((value, index) => {
      const y = HEIGHT - 1 - (most === 0 ? 0 : (value / most) * (HEIGHT - 3));
      return `${index === 0 ? 'M' : 'L'}${round(index * step)} ${round(y)}`;
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
