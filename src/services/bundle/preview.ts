import type { Bundle } from '../../api/bundle.ts';
import type { bundlePreview } from '../../api/bundle.ts';
import type { RouteReplyInput } from '../../api/route.ts';

const encoder = new TextEncoder();

function sizeOf(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).byteLength;
}

/** What a bundle holds, part by part, for a person to see before it leaves. */
export function previewOf(bundle: Bundle): RouteReplyInput<typeof bundlePreview> {
  const { connections, operations, events } = bundle;
  const logs = connections.flatMap((one) => one.logs);
  const checks = connections.flatMap((one) => one.check ?? []);
  const part = (name: string, items: readonly unknown[]) => ({
    part: name,
    items: items.length,
    sizeBytes: items.length === 0 ? 0 : sizeOf(items),
  });
  return {
    takenAt: bundle.takenAt,
    sizeBytes: sizeOf(bundle),
    parts: [
      part(
        'states and findings',
        connections.map((one) => one.view),
      ),
      part(
        'evidence',
        connections.map((one) => one.evidence),
      ),
      part('tests', checks),
      part('logs', logs),
      part('operations', operations),
      part('events', events),
    ],
    connections: connections.map((one) => one.view.name),
    redactions: bundle.redactions,
    notRead: connections.flatMap(({ view, logs: own }) =>
      own.flatMap(({ controller, problem }) =>
        problem === undefined ? [] : [`${view.name}, ${controller}: ${problem.message}`],
      ),
    ),
  };
}
