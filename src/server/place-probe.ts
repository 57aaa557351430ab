import { statfs } from 'node:fs/promises';
import type { PlaceProbe } from '../services/ports.ts';
import { reportKey, type VaultOptions } from './state/vault.ts';

/** The disk of the data folder, the key and the port of this process. */
export function createPlaceProbe(options: {
  readonly dataDir: string;
  readonly key: VaultOptions;
  readonly listener: PlaceProbe['listener'];
}): PlaceProbe {
  return {
    async disk() {
      const { bsize, bavail, blocks } = await statfs(options.dataDir);
      // What root alone may still use is no room for this process.
      return { folder: options.dataDir, freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    },
    key: () => reportKey(options.key),
    listener: options.listener,
  };
}
