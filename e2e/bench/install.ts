import { startControlPlane } from '../cluster/harness/control-plane.ts';
import { operate } from '../cluster/harness/operating.ts';
import { startProduct } from '../cluster/harness/product.ts';
import { startWorld } from '../cluster/harness/world.ts';
import { type Bench, type Figure, percentile } from './figure.ts';

const ROUNDS = 3;

/**
 * Install everything on a healthy cluster until all is CONNECTED. Pods of the stand-in kubelet are ready a sixth of a
 * second after they were bound, so that what is measured is the time in our hands.
 */
export const install: Bench = {
  name: 'install',
  needsAssets: true,
  async run() {
    const controlPlane = await startControlPlane();
    const world = await startWorld({ family: 'meshplay', generation: 'old', controlPlane });
    const product = await startProduct({ kubeconfigPath: controlPlane.kubeconfigPath });
    try {
      const operating = await operate(product);
      const seconds: number[] = [];
      const removals: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const installingMs = performance.now();
        await operating.succeed({ kind: 'install', install: { family: 'meshplay' } });
        seconds.push((performance.now() - installingMs) / 1000);
        const removingMs = performance.now();
        await operating.succeed({ kind: 'uninstall' });
        removals.push((performance.now() - removingMs) / 1000);
      }
      const figure = (name: string, samples: readonly number[], note: string): Figure => ({
        name,
        value: percentile(samples, 0.5),
        unit: 's',
        note,
      });
      return [
        figure('install all → CONNECTED, p50', seconds, `${ROUNDS} rounds; the stand-in pods start at once`),
        figure('uninstall all → nothing runs, p50', removals, 'definitions and namespace stay'),
      ];
    } finally {
      await product.stop();
      await world.stop();
      await controlPlane.stop();
    }
  },
};
