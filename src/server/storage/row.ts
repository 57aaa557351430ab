/** A column of a row that SQLite gave, as text. Throws when it is none: the tables are STRICT, so the file is damaged. */
export function textOf(row: Record<string, unknown> | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value !== 'string') throw damaged(column);
  return value;
}

/** A column as a number. Throws as `textOf` does. */
export function numberOf(row: Record<string, unknown> | undefined, column: string): number {
  const value = row?.[column];
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'number') throw damaged(column);
  return value;
}

/** A column of JSON that we wrote ourselves. Throws as `textOf` does. */
export function jsonOf(row: Record<string, unknown> | undefined, column: string): unknown {
  const text = textOf(row, column);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(column, error);
  }
}

/** Told as SQLITE_CORRUPT. */
function damaged(column: string, cause?: unknown): Error {
  return Object.assign(new Error(`Column ${column} does not hold what was written.`, { cause }), {
    errcode: 11,
  });
}
