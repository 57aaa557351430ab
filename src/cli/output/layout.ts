/** Below this a last column is unreadable, and stands on lines of its own. */
const NARROWEST_COLUMN = 24;
const GAP = '  ';
/** Where what does not fit beside its row begins. */
const INDENT = '    ';

// Colour codes take no room on the screen.
// oxlint-disable-next-line no-control-regex
const COLOUR_CODES = /(\u001B\[\d+m)/g;

/** How many places the text takes on a screen. */
export function width(text: string): number {
  return Array.from(text.replace(COLOUR_CODES, '')).length;
}

/** The text in lines of at most `columns` places, broken between words; a longer word has a line of its own. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/**
 * A paragraph within the screen. `lead` stands before its first line, a mark for instance, and the others are indented
 * as far. Without `columns` (a pipe, a file) it is one line, which tools read more easily.
 */
export function paragraph(lead: string, text: string, columns: number | undefined): string {
  if (columns === undefined) return lead + text;
  const room = Math.max(NARROWEST_COLUMN, columns - width(lead));
  return lead + wrapped(text, room).join(`\n${' '.repeat(width(lead))}`);
}

/**
 * Rows as columns of equal width. Where `columns` are too few the last cell is broken into lines, beside the others
 * when there is room and below them when there is not.
 */
export function table(rows: readonly (readonly string[])[], columns?: number): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...rows.map((row) => width(row[column] ?? ''))),
  );
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + GAP.length, 0);
  const room = columns === undefined ? Number.POSITIVE_INFINITY : columns - before;
  return rows
    .map((row) => {
      const cells = widths.slice(0, -1).map((places, column) => {
        const cell = row[column] ?? '';
        return cell + ' '.repeat(places - width(cell));
      });
      const start = cells.join(GAP);
      const last = row[count - 1] ?? '';
      if (last === '') return start.trimEnd();
      if (columns === undefined || width(last) <= room) return count === 1 ? last : `${start}${GAP}${last}`;
      if (room >= NARROWEST_COLUMN)
        return `${start}${GAP}${wrapped(last, room).join(`\n${' '.repeat(before)}`)}`;
      return [start.trimEnd(), ...wrapped(last, columns - INDENT.length).map((line) => INDENT + line)].join(
        '\n',
      );
    })
    .join('\n');
}

/** The text cut off at the edge of the screen, so that each line is one line there. */
export function cutOff(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => (width(line) <= columns ? line : cutLine(line, columns)))
    .join('\n');
}

function cutLine(line: string, columns: number): string {
  let places = 0;
  let kept = '';
  // Colour codes are kept, the last one too, for it ends the colour.
  for (const part of line.split(COLOUR_CODES)) {
    if (part.startsWith('\u001B')) {
      kept += part;
      continue;
    }
    for (const character of part) {
      places += 1;
      if (places < columns) kept += character;
      else if (places === columns) kept += '…';
    }
  }
  return kept;
}
