import { createConnection } from 'node:net';

const PATIENCE_MS = 500;
const LONGEST = 80;

/**
 * What something that is not a NATS server says when it is dialled: its first line, cut and made printable; undefined
 * when it says nothing within half a second.
 */
export async function readBanner(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    const finish = (said: string | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(said === undefined || said === '' ? undefined : said);
    };
    const timer = setTimeout(() => finish(undefined), PATIENCE_MS);
    socket.once('data', (bytes) => finish(printable(bytes)));
    // It was reached a moment ago; when it no longer answers, there is nothing to quote.
    socket.once('error', () => finish(undefined));
    socket.once('close', () => finish(undefined));
  });
}

function printable(bytes: Buffer): string {
  const line = bytes.subarray(0, 400).toString('latin1').split(/\r?\n/, 1)[0] ?? '';
  return line.replaceAll(/[^\x20-\x7e]/g, '·').slice(0, LONGEST);
}
