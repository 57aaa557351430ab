/** `npm run test:cluster`: the suite on a real control plane and a real NATS server. The last line tells the counts. */
import { accessSync, constants, mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { ROOT, run } from './command.ts';
import { countsLine, countsOf } from './counts.ts';

const PROGRAMS = ['kube-apiserver', 'kube-controller-manager', 'etcd', 'nats-server'];

function missing(folder: string): readonly string[] {
  return PROGRAMS.filter((program) => {
    try {
      accessSync(resolve(folder, program), constants.X_OK);
      return false;
    } catch {
      // Absent and not executable are the same to the caller, who is told the name.
      return true;
    }
  });
}

const folder = process.env['KUBEBUILDER_ASSETS'] ?? '';
const absent = folder === '' ? PROGRAMS : missing(folder);
if (absent.length > 0) {
  console.error(
    `${folder === '' ? 'KUBEBUILDER_ASSETS is not set' : `${folder} has no ${absent.join(', ')}`}. ` +
      `Set KUBEBUILDER_ASSETS to a folder that holds ${PROGRAMS.join(', ')}.`,
  );
  process.exitCode = 2;
} else {
  const reports = resolve(ROOT, 'test-results/reports');
  const report = resolve(reports, 'cluster.json');
  mkdirSync(reports, { recursive: true });
  rmSync(report, { force: true });
  const code = await run('vitest', [
    'run',
    '--config=vitest.cluster.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  const counts = countsOf('vitest', report, code);
  console.log(`\n${countsLine(counts)}`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}
