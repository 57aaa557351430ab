import type { ControllerResource } from '../../../api/evidence.ts';
import type { Outcome } from '../engine.ts';
import { type CheckScene, fail, pass, skip, warn } from './scene.ts';

/** Groups and versions the cluster serves; undefined when they cannot be read. */
export async function servedGroups(
  scene: CheckScene,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const api = scene.target.api();
  if (api === undefined) return undefined;
  const groups = await api.groups(signal);
  return new Set(groups.flatMap((one) => one.versions.map((version) => `${one.group}/${version}`)));
}

/** Judges the watch-list of a MeshSync resource. */
export function judgeWatchList(
  found: ControllerResource | undefined,
  served: ReadonlySet<string> | undefined,
): Outcome {
  if (found === undefined) return skip('there is no resource');
  const remedy = 'Install MeshSync again, which writes a good watch-list.';
  if (found.whitelist !== undefined && found.blacklist !== undefined)
    return fail('whitelist and blacklist are both set; MeshSync takes neither', { remedy });
  const text = found.whitelist ?? found.blacklist;
  if (text === undefined)
    return pass('it has none, so MeshSync’s own list holds (parts of that match nothing)');
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return fail('it is not JSON', { evidence: [text.slice(0, 200)], remedy });
  }
  if (!Array.isArray(list)) return fail('it is not a list', { remedy });
  const names = list.map((one: unknown) =>
    typeof one === 'string'
      ? one
      : one !== null && typeof one === 'object' && 'Resource' in one
        ? String(one.Resource)
        : '',
  );
  const odd = names.filter((one) => !/^[a-z0-9]+\.v[a-z0-9]+\./.test(one));
  if (odd.length > 0)
    return fail(
      `not <plural>.<version>.<group>: ${odd
        .slice(0, 3)
        .map((one) => `“${one}”`)
        .join(', ')}`,
      { remedy },
    );
  const singular = names.filter((one) => !one.split('.')[0]?.endsWith('s'));
  if (singular.length > 0) return warn(`singular names match nothing: ${singular.join(', ')}`, { remedy });
  const unknown = served === undefined ? [] : names.filter((one) => !isServed(one, served));
  if (unknown.length > 0)
    return warn(`not served by this cluster: ${unknown.join(', ')}`, { evidence: unknown });
  return pass(`${names.length} kinds`, { evidence: names });
}

function isServed(name: string, served: ReadonlySet<string>): boolean {
  const [, version = '', ...group] = name.split('.');
  const groupName = group.join('.');
  return groupName === '' || served.has(`${groupName}/${version}`);
}
