import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runServer, serve } from './serve.ts';

const PATIENCE_MS = 60_000;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'serve-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function stdio() {
  const written = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write: (chunk, _, done) => {
        written[name] += String(chunk);
        done();
      },
    });
  return { written, streams: { out: into('out'), err: into('err') } };
}

/** Nothing of the machine the test runs on. */
const env = () => ({
  HOME: folder,
  KUBECONFIG: join(folder, 'absent'),
  MESHPLAY_DATA_DIR: join(folder, 'data'),
});

async function exitOf(args: readonly string[], changes: Record<string, string> = {}) {
  const { written, streams } = stdio();
  const code = await runServer(args, { ...env(), ...changes }, streams);
  return { code, ...written };
}

describe('runServer', { timeout: PATIENCE_MS }, () => {
  it('explains itself', async () => {
    const { code, out } = await exitOf(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('--data-dir');
  });

  it.each([
    [['--port', 'x'], /--port "x" is not valid/],
    [['--world', 'atlantis'], /--world atlantis does not exist\. Choose one of .*healthy/],
  ])('ends with 2 and names the flag: %j', async (args, message) => {
    const { code, err, out } = await exitOf(args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(out).toBe('');
  });

  it(
    'ends with 1 when the port is taken',
    async () => {
      const other = createServer();
      await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as AddressInfo;
      const { code, err } = await exitOf(['--port', String(port), '--no-sandbox']);
      await new Promise((resolve) => other.close(resolve));
      expect(code).toBe(1);
      expect(err).toContain(`Port ${port} of 127.0.0.1 is taken`);
    },
    PATIENCE_MS,
  );

  it('ends with 1 when its data cannot be kept', async () => {
    writeFileSync(join(folder, 'a-file'), '');
    const { code, err } = await exitOf(['--port', '0'], {
      MESHPLAY_DATA_DIR: join(folder, 'a-file', 'data'),
    });
    expect(code).toBe(1);
    expect(err).toMatch(/cannot be opened.*--data-dir/s);
  });
});

describe('serve', () => {
  it(
    'shows the sandbox where there is no kubeconfig, prints where it is, and stops when told',
    async () => {
      const { written, streams } = stdio();
      const stop = new AbortController();
      const running = serve(['--port', '0'], stop.signal, env(), streams, PATIENCE_MS);
      const address = await vi.waitFor(
        () => {
          const found = /^Meshplay Troubleshooter is at (http:\/\/127\.0\.0\.1:\d+)\/settings\n$/.exec(
            written.out,
          );
          if (found?.[1] === undefined) throw new Error(`printed so far: ${written.out}${written.err}`);
          return found[1];
        },
        { timeout: PATIENCE_MS, interval: 50 },
      );
      const reply = await fetch(`${address}/api/connections`);
      expect(reply.status).toBe(200);
      const { items } = (await reply.json()) as { items: { origin: string }[] };
      expect(items.length).toBeGreaterThan(0);
      expect(items.every(({ origin }) => origin === 'sandbox')).toBe(true);
      stop.abort();
      await running;
      await expect(fetch(`${address}/api/server`)).rejects.toThrow('fetch failed');
    },
    2 * PATIENCE_MS,
  );
});
