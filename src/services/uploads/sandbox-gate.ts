import { ClusterError } from '../ports.ts';
import type { KubeconfigSource } from '../ports.ts';
import type { UploadGate } from './gate.ts';

/**
 * Leads uploads whose server is one of the simulated world’s into that world, and gives every other to `otherwise`;
 * without one, as in a browser, nothing else can be reached.
 */
export function sandboxGate(world: KubeconfigSource, otherwise: UploadGate | undefined): UploadGate {
  return {
    async admit(resolved, options) {
      const { contexts } = await world.discover();
      const found = contexts.find(({ server }) => server === resolved.server);
      if (found?.access !== undefined) {
        const { access, fingerprint } = found;
        return { address: 'sandbox', fingerprint, credentialsMark: `sandbox ${resolved.user}`, access };
      }
      if (otherwise !== undefined) return otherwise.admit(resolved, options);
      const message =
        'The offline page cannot reach clusters. Start the server (npm start) and add the kubeconfig there.';
      throw new ClusterError({ kind: 'unavailable', message });
    },
  };
}
