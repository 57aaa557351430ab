import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createPlaceProbe } from './place-probe.ts';

it('sees the disk of the data folder, and fails for a folder that is gone', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'place-'));
  const probe = createPlaceProbe({
    dataDir,
    key: { keyFromEnvironment: undefined, keyFile: join(dataDir, 'key') },
    listener: () => ({ host: '127.0.0.1', port: 3000 }),
  });
  const { folder, freeBytes, totalBytes } = await probe.disk();
  expect(folder).toBe(dataDir);
  expect(freeBytes).toBeGreaterThan(0);
  expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
  expect(probe.key()).toMatchObject({ source: 'file', isPresent: false });
  expect(probe.listener()).toEqual({ host: '127.0.0.1', port: 3000 });
  rmSync(dataDir, { recursive: true });
  await expect(probe.disk()).rejects.toThrow(/ENOENT/);
});
