import { stringify } from 'yaml';
import type { CommandContext } from '../command.ts';

/** A test case of the JUnit format, which CI systems read. */
export interface JunitCase {
  readonly suite: string;
  readonly name: string;
  readonly seconds?: number | undefined;
  readonly failure?: string | undefined;
  readonly skipped?: string | undefined;
  readonly output?: string | undefined;
}

/** Writes the data of a command in the format asked for. `cases` is what the data means as tests. */
export function write(
  context: CommandContext,
  data: unknown,
  human: () => string,
  cases: () => readonly JunitCase[],
): void {
  switch (context.format) {
    case 'human':
      context.data(human());
      return;
    case 'json':
      context.data(JSON.stringify(data, null, 2));
      return;
    case 'yaml':
      context.data(stringify(data, { lineWidth: 0 }).trimEnd());
      return;
    case 'junit':
      context.data(junit(cases()));
  }
}

/** JUnit XML of the cases, grouped by suite. */
export function junit(cases: readonly JunitCase[]): string {
  const suites = Map.groupBy(cases, (one) => one.suite);
  const body = [...suites].map(([name, list]) => {
    const failures = list.filter((one) => one.failure !== undefined).length;
    const skipped = list.filter((one) => one.skipped !== undefined).length;
    return `  <testsuite name="${escape(name)}" tests="${list.length}" failures="${failures}" skipped="${skipped}">\n${list.map(testCase).join('\n')}\n  </testsuite>`;
  });
  const failures = cases.filter((one) => one.failure !== undefined).length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites tests="${cases.length}" failures="${failures}">\n${body.join('\n')}\n</testsuites>`;
}

function testCase(one: JunitCase): string {
  const time = one.seconds === undefined ? '' : ` time="${one.seconds.toFixed(3)}"`;
  const inner = [
    one.failure === undefined ? '' : `<failure message="${escape(one.failure)}"/>`,
    one.skipped === undefined ? '' : `<skipped message="${escape(one.skipped)}"/>`,
    one.output === undefined ? '' : `<system-out>${escape(one.output)}</system-out>`,
  ].join('');
  return `    <testcase classname="${escape(one.suite)}" name="${escape(one.name)}"${time}${inner === '' ? '/>' : `>${inner}</testcase>`}`;
}

// Characters that XML 1.0 cannot hold at all, escaped or not; a log line may well have them.
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

function escape(text: string): string {
  return text
    .replace(FORBIDDEN, '\u{FFFD}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
