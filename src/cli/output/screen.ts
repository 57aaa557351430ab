import { cutOff } from './layout.ts';
import { type Paint, paintFor } from './paint.ts';

/** Where a command writes, so that it can be run in a test. */
export interface Streams {
  readonly out: Stream;
  readonly err: Stream;
}

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a command writes on. Data goes to stdout, talk to stderr; nothing else writes. */
export interface Screen {
  readonly paint: Paint;
  /** How wide a terminal is; undefined for a pipe or a file, where nothing is broken into lines. */
  readonly columns: number | undefined;
  /** Somebody looks at stderr, and `progress` is seen. */
  readonly isWatched: boolean;
  data(text: string): void;
  talk(text: string): void;
  /** One line that the next one replaces; only where somebody watches. */
  progress(text: string): void;
  /** Draws over what was drawn before; on no terminal it appends. */
  redraw(text: string): void;
}

const CLEAR_LINE = '\r\u001B[2K';

/** The screen of the streams given. Colours are left out for a pipe, for `NO_COLOR` (https://no-color.org) and a dumb terminal. */
export function createScreen(
  { out, err }: Streams,
  env: Readonly<Record<string, string | undefined>>,
): Screen {
  const isDumb = env['TERM'] === 'dumb';
  const isTerminal = out.isTTY === true && !isDumb;
  const isWatched = err.isTTY === true && !isDumb;
  const columns =
    out.isTTY === true && out.columns !== undefined && out.columns > 0 ? out.columns : undefined;
  let drawnLines = 0;
  let hasProgress = false;
  const clear = () => {
    if (hasProgress) err.write(CLEAR_LINE);
    hasProgress = false;
  };
  return {
    paint: paintFor(isTerminal && (env['NO_COLOR'] ?? '') === ''),
    columns,
    isWatched,
    data(text) {
      clear();
      out.write(`${text}\n`);
    },
    talk(text) {
      clear();
      err.write(`${text}\n`);
    },
    progress(text) {
      if (!isWatched) return;
      clear();
      if (text === '') return;
      err.write(err.columns === undefined ? text : cutOff(text, err.columns - 1));
      hasProgress = true;
    },
    redraw(text) {
      clear();
      if (!isTerminal) {
        out.write(`${text}\n`);
        return;
      }
      // A line that wraps would be two on the screen, and the next drawing would begin too low.
      const drawn = columns === undefined ? text : cutOff(text, columns);
      out.write(`${drawnLines === 0 ? '' : `\u001B[${drawnLines}A\u001B[0J`}${drawn}\n`);
      drawnLines = drawn.split('\n').length;
    },
  };
}
