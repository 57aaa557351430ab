import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../log.ts';
import { buildApp } from './app.ts';

const lines: string[] = [];
const arrived = Promise.withResolvers<void>();
let app: ReturnType<typeof buildApp>;
let url: string;

beforeEach(async () => {
  lines.length = 0;
  app = buildApp({
    // Asked with a signal that ends it: whatever it was doing fails then.
    dispatch: async ({ path, signal }) => {
      if (path === '/api/connections') {
        arrived.resolve();
        await once(signal, 'abort');
      }
      return { status: 500, headers: {}, body: {}, unexpected: new Error('cancelled') };
    },
    page: undefined,
    allowedHosts: [],
    version: '1.2.3',
    logger: createLogger('debug', (line) => lines.push(line)),
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => app.close());

it('calls nothing a mistake that failed because its reader left', async () => {
  const left = new AbortController();
  const reading = fetch(`${url}/api/connections`, { signal: left.signal });
  await arrived.promise;
  left.abort();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  // The second is answered after the first, and is a mistake.
  expect((await fetch(`${url}/api/server`)).status).toBe(500);
  await expect.poll(() => lines.filter((line) => line.includes('a request failed'))).toHaveLength(1);
  expect(lines.join('')).toContain('"route":"serverView"');
  expect(lines.filter((line) => line.includes('connectionList') && line.includes('"err"'))).toEqual([]);
});
