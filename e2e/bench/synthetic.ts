import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '../../src/api/operation.ts';
import { type Product, startProduct } from '../cluster/harness/product.ts';
import { startWorld } from '../cluster/harness/world.ts';
import { type Bench, percentile } from './figure.ts';

const ROUNDS = 15;
const ASK_EVERY_MS = 100;

/** The synthetic test on a real API server and a real Broker, all on loopback; only MeshSync is played. */
export const synthetic: Bench = {
  name: 'synthetic',
  needsAssets: true,
  async run() {
    const world = await startWorld({ family: 'meshery', generation: 'new' });
    try {
      await world.install();
      const product = await startProduct({ kubeconfigPath: world.controlPlane.kubeconfigPath });
      try {
        const { value: connection } = await product.waitForConnection(
          'data arrives',
          (one) => one.messages > 0,
          {
            timeoutMs: 60_000,
          },
        );
        const arrivedMs: number[] = [];
        const totalMs: number[] = [];
        for (let round = 0; round < ROUNDS; round += 1) {
          const { hops = [] } = await runTest(product, connection.id);
          const took = (name: string) => hops.find(({ hop }) => hop === name)?.afterMs ?? Number.NaN;
          arrivedMs.push(took('database'));
          totalMs.push(took('database') + took('update') + took('delete'));
        }
        return [
          { name: 'cluster change → database, p50', value: percentile(arrivedMs, 0.5), unit: 'ms' },
          {
            name: 'synthetic test end to end, p50',
            value: percentile(totalMs, 0.5),
            unit: 'ms',
            note: `${ROUNDS} runs; created, updated and deleted, each seen in the database`,
          },
        ];
      } finally {
        await product.stop();
      }
    } finally {
      await world.stop();
    }
  },
};

async function runTest(product: Product, connectionId: string): Promise<Operation> {
  let operation = await product.call('operationStart', { body: { kind: 'synthetic-test', connectionId } });
  while (operation.status === 'running') {
    await sleep(ASK_EVERY_MS);
    operation = await product.call('operationView', { params: { operationId: operation.id } });
  }
  if (operation.status !== 'succeeded') throw new Error(operation.summary ?? operation.status);
  return operation;
}
