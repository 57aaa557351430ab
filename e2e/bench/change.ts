import { setTimeout as sleep } from 'node:timers/promises';
import { startControlPlane } from '../cluster/harness/control-plane.ts';
import { startBrowser } from '../cluster/harness/page.ts';
import { startProduct } from '../cluster/harness/product.ts';
import { startWorld } from '../cluster/harness/world.ts';
import { type Bench, percentile } from './figure.ts';
import { watchForText } from './shown.ts';

const ROUNDS = 30;

/** A change in a real cluster until a real browser shows it, at the default interval; and a test of the connection. */
export const change: Bench = {
  name: 'change',
  needsAssets: true,
  async run() {
    const controlPlane = await startControlPlane();
    const world = await startWorld({ family: 'meshplay', generation: 'old', controlPlane });
    const product = await startProduct({ kubeconfigPath: controlPlane.kubeconfigPath });
    const browser = await startBrowser();
    try {
      await world.install();
      await world.untilConnected();
      const { value: connection } = await product.waitForConnection(
        'connected',
        (one) => one.health === 'healthy',
        { timeoutMs: 60_000 },
      );
      const open = await browser.open(product.url);
      await open.waitFor('healthy', (shown) => shown.health.includes('Healthy'), 30_000);
      const deployment = `${world.paths.apps}/deployments/${world.names.operator}`;
      const samplesMs: number[] = [];
      // The version shown is the image tag of the Deployment itself, so nothing but us stands between change and page.
      for (let round = 0; round < ROUNDS; round += 1) {
        const tag = `0.0.${round + 1}`;
        const containers = [{ name: 'manager', image: `meshplay-operator:${tag}` }];
        const patch = { spec: { template: { spec: { containers } } } };
        const { shown } = await watchForText(open.page, tag, 20_000);
        await controlPlane.api.request('PATCH', deployment, patch, 'application/strategic-merge-patch+json');
        const changedAtMs = Date.now();
        samplesMs.push(Math.max(0, (await shown) - changedAtMs));
        await sleep(400 + Math.random() * 700);
      }
      const tests: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        const run = await product.call('checkStart', { body: { connectionId: connection.id } });
        const ended = await product.call('checkView', {
          params: { runId: run.id },
          query: { waitMs: 20_000 },
        });
        tests.push(ended.durationMs ?? Number.NaN);
      }
      return [
        {
          name: 'cluster change → visible on the page, p50',
          value: percentile(samplesMs, 0.5),
          unit: 'ms',
          budget: 500,
          note: `${samplesMs.length} changes`,
        },
        {
          name: 'cluster change → visible on the page, p95',
          value: percentile(samplesMs, 0.95),
          unit: 'ms',
          budget: 1000,
        },
        {
          name: 'full test of a healthy connection, p50',
          value: percentile(tests, 0.5),
          unit: 'ms',
          budget: 1000,
        },
      ];
    } finally {
      await browser.close();
      await product.stop();
      await world.stop();
      await controlPlane.stop();
    }
  },
};
