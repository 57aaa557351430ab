/**
 * `npm run bench`: the figures of the product beside their budgets. `--json` for machines, `--only NAME` for one group,
 * `--full` for ten million messages where a million is measured otherwise.
 */
import { parseArgs } from 'node:util';
import { cards } from './cards.ts';
import { change } from './change.ts';
import { checks } from './checks.ts';
import { drift } from './drift.ts';
import { type Bench, type Figure, isWithin } from './figure.ts';
import { intake } from './intake.ts';
import { rows as millionRows } from './rows.ts';
import { install } from './install.ts';
import { size } from './size.ts';
import { start } from './start.ts';
import { synthetic } from './synthetic.ts';
import { thousand } from './thousand.ts';

const BENCHES: readonly Bench[] = [
  size,
  start,
  change,
  install,
  checks,
  thousand,
  cards,
  intake,
  millionRows,
  drift,
  synthetic,
];

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, only: { type: 'string' }, full: { type: 'boolean' } },
});
const chosen = BENCHES.filter((bench) => values.only === undefined || bench.name === values.only);
if (chosen.length === 0) {
  console.error(`--only is one of ${BENCHES.map((bench) => bench.name).join(', ')}.`);
  process.exit(2);
}

const figures: (Figure & { readonly bench: string })[] = [];
const missed: string[] = [];
for (const bench of chosen) {
  if (bench.needsAssets === true && process.env['KUBEBUILDER_ASSETS'] === undefined) {
    missed.push(`${bench.name}: needs KUBEBUILDER_ASSETS`);
    continue;
  }
  console.error(`measuring ${bench.name} …`);
  try {
    for (const figure of await bench.run()) figures.push({ bench: bench.name, ...figure });
  } catch (error) {
    missed.push(`${bench.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

if (values.json === true) {
  console.log(
    JSON.stringify({ figures: figures.map((one) => ({ ...one, isWithin: isWithin(one) })), missed }, null, 2),
  );
} else {
  const rows = figures.map((one) => [
    one.name,
    `${one.value.toFixed(one.value < 10 ? 2 : 0)} ${one.unit}`,
    one.budget === undefined ? '' : `${one.isFloor === true ? '≥' : '≤'} ${one.budget} ${one.unit}`,
    { true: 'within', false: 'OVER', undefined: '' }[String(isWithin(one)) as 'true' | 'false' | 'undefined'],
    one.note ?? '',
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0), 0));
  for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  for (const line of missed) console.log(`not measured: ${line}`);
}
process.exit(missed.length > 0 ? 1 : 0);
