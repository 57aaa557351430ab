import type { Log } from '../../services/ports.ts';

/** How the NATS client begins what it writes to the console when it cannot read on. */
const READER_CLOSED = 'reader closed';

/**
 * Keeps the NATS client from writing to the console what it could not parse: a stack, and the bytes themselves, which
 * are messages of a cluster and may hold a Secret. It has no setting for that (nats-core 3.4, `protocol.js`), and no
 * other way to learn of it. The session itself ends by its next ping.
 */
export function keepReaderQuiet(log: Log): void {
  const original = console.log.bind(console);
  console.log = (...words: unknown[]) => {
    if (words[0] !== READER_CLOSED) return original(...words);
    const [, error] = words;
    const kind = error instanceof Error ? error.name : typeof error;
    log.warn({ kind }, 'a Broker sent something that is not NATS; its link is dialled anew');
  };
}
