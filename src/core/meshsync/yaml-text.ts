/** Words that YAML 1.1 or 1.2 reads as something else than text. */
const RESERVED = /^(?:true|false|null|yes|no|on|off|y|n|nan|inf)$/i;
const PLAIN = /^[A-Za-z_/][A-Za-z0-9_./-]*$/;

/**
 * A JSON value as YAML, in the layout of kubectl: two spaces, lists at the level of their key. Text that YAML could
 * take for something else is quoted; text of several lines stands as a block. The room imports no library, and a
 * writer (unlike a reader) of YAML is small.
 */
export function yamlText(value: unknown): string {
  return `${lines(value, '').join('\n')}\n`;
}

function lines(value: unknown, indent: string): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item) => listItem(item, indent));
  if (isMap(value)) {
    const entries = Object.entries(value).filter(([, field]) => field !== undefined);
    if (entries.length > 0) return entries.flatMap(([key, field]) => mapEntry(key, field, indent));
  }
  return [`${indent}${scalar(value, indent)}`];
}

function mapEntry(key: string, value: unknown, indent: string): string[] {
  const name = `${indent}${plainOrQuoted(key)}:`;
  if (isNested(value)) return [name, ...lines(value, Array.isArray(value) ? indent : `${indent}  `)];
  return [`${name} ${scalar(value, indent)}`];
}

function listItem(value: unknown, indent: string): string[] {
  if (!isNested(value)) return [`${indent}- ${scalar(value, indent)}`];
  const [first = '', ...rest] = lines(value, `${indent}  `);
  return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
}

function isNested(value: unknown): boolean {
  return Array.isArray(value)
    ? value.length > 0
    : isMap(value) && Object.values(value).some((field) => field !== undefined);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function scalar(value: unknown, indent: string): string {
  if (typeof value === 'string') return isBlock(value) ? block(value, indent) : plainOrQuoted(value);
  if (Array.isArray(value)) return '[]';
  if (isMap(value)) return '{}';
  return JSON.stringify(value) ?? 'null';
}

/** A block keeps the lines readable; anything it could not keep exactly is quoted instead. */
function isBlock(text: string): boolean {
  return /[^\n]\n/.test(text) && !/^[ \n]|\n\n$|[^\n\t -\uffff]/.test(text);
}

function block(text: string, indent: string): string {
  const isEnded = text.endsWith('\n');
  const body = (isEnded ? text.slice(0, -1) : text)
    .split('\n')
    .map((line) => (line === '' ? '' : `${indent}  ${line}`));
  return [isEnded ? '|' : '|-', ...body].join('\n');
}

function plainOrQuoted(text: string): string {
  return PLAIN.test(text) && !RESERVED.test(text) ? text : JSON.stringify(text);
}
