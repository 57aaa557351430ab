/**
 * Publishes messages as fast as they are stored, at most a window ahead, so that no queue but the one under test
 * decides. Arguments: address of NATS, number of the first message, number after the last, objects. Prints one line of JSON when all are done with.
 */
import { connect } from '@nats-io/transport-node';
import { z } from 'zod';
import { DATA_SUBJECT, podMessage, PROGRESS_SUBJECT } from './intake-messages.ts';

const WINDOW = 15_000;
const FLUSH_EVERY = 500;
const Progress = z.object({ done: z.number(), lost: z.number() });

const [address = '', ...numbers] = process.argv.slice(2);
const [first = 0, end = 0, objects = 1] = numbers.map(Number);
const nats = await connect({ servers: address });
let progress = { done: first, lost: 0 };
let wake = (): void => undefined;
nats.subscribe(PROGRESS_SUBJECT, {
  callback: (error, message) => {
    if (error !== null) return;
    progress = Progress.parse(message.json());
    wake();
  },
});
const moved = () =>
  new Promise<void>((resolve) => {
    wake = resolve;
  });

const startedMs = performance.now();
for (let sent = first; sent < end; sent += 1) {
  nats.publish(DATA_SUBJECT, podMessage(sent % objects, sent + 1));
  if (sent % FLUSH_EVERY === 0) await nats.flush();
  while (sent - progress.done > WINDOW) await moved();
}
while (progress.done < end) await moved();
const seconds = (performance.now() - startedMs) / 1000;
console.log(JSON.stringify({ seconds, lost: progress.lost }));
await nats.close();
process.exit(0);
