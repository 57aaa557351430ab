import { ApiError } from '../../api/errors.ts';
import type { Clock, Vault } from '../ports.ts';

/** For where nothing outlives the process: the credentials stay in memory, and what is stored is a number. */
export function createMemoryVault(clock: Clock): Vault {
  const held = new Map<string, string>();
  return {
    async seal(plain) {
      const id = clock.uuid();
      held.set(id, plain);
      return id;
    },
    async open(sealed) {
      const plain = held.get(sealed);
      if (plain !== undefined) return plain;
      throw new ApiError('not-available', 'These credentials were kept only until the page was reloaded.', {
        remedy: 'Add the kubeconfig again.',
      });
    },
  };
}
