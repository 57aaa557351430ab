import type { JsonObject } from './json.ts';
import { isObject, isSame } from './json.ts';

/** One step into an object: a key, or the item of a list whose `key` field has `value`. */
type Step = string | { readonly key: string; readonly value: unknown };
type Path = readonly Step[];

/** Lists whose items are merged one by one (`x-kubernetes-list-map-keys`); every other list is replaced as a whole. */
const KEYED_LISTS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  imagePullSecrets: ['name'],
  volumeMounts: ['mountPath'],
  conditions: ['type'],
  ownerReferences: ['uid'],
  ports: ['containerPort', 'port'],
};

/** Fields that name the object; nobody owns them. */
const IDENTITY = new Set(['apiVersion', 'kind', 'metadata.name', 'metadata.namespace', 'status']);

/** What each field manager applied last. It owns a field for as long as the object still holds its value there. */
export type Managers = ReadonlyMap<string, JsonObject>;

export interface Applied {
  readonly object: JsonObject;
  /** Fields another manager holds with another value. */
  readonly conflicts: readonly { readonly manager: string; readonly field: string }[];
}

/**
 * Server-side apply, in the simple form the simulated world needs: what is in `config` is set, what this manager
 * applied before and left out now is removed unless another manager holds it too.
 */
export function applyConfig(
  current: JsonObject,
  config: JsonObject,
  manager: string,
  managers: Managers,
): Applied {
  const wanted = leavesOf(config);
  const before = managers.get(manager);
  const others = [...managers].filter(([name]) => name !== manager);
  const conflicts = wanted.flatMap(({ path, value }) =>
    others
      .filter(([, theirs]) => {
        const held = getAt(theirs, path);
        return held !== undefined && !isSame(held, value) && isSame(held, getAt(current, path));
      })
      .map(([name]) => ({ manager: name, field: fieldName(path) })),
  );
  const object = structuredClone(current);
  for (const { path } of before === undefined ? [] : leavesOf(before)) {
    const isKept =
      getAt(config, path) !== undefined || others.some(([, theirs]) => getAt(theirs, path) !== undefined);
    if (!isKept) removeAt(object, path);
  }
  for (const { path, value } of wanted) setAt(object, path, value);
  return { object, conflicts };
}

function leavesOf(config: JsonObject): { path: Path; value: unknown }[] {
  const leaves: { path: Path; value: unknown }[] = [];
  const walk = (value: unknown, path: Path, name: string) => {
    if (IDENTITY.has(path.map(String).join('.'))) return;
    if (isObject(value) && Object.keys(value).length > 0) {
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key], key);
      return;
    }
    const items = Array.isArray(value) ? keyedItems(name, value) : undefined;
    if (items === undefined) {
      leaves.push({ path, value });
      return;
    }
    for (const { step, item } of items) walk(item, [...path, step], '');
  };
  walk(config, [], '');
  return leaves;
}

function keyedItems(name: string, list: readonly unknown[]): { step: Step; item: JsonObject }[] | undefined {
  const keys = KEYED_LISTS[name];
  if (keys === undefined || list.length === 0) return undefined;
  const items: { step: Step; item: JsonObject }[] = [];
  for (const item of list) {
    if (!isObject(item)) return undefined;
    const key = keys.find((candidate) => item[candidate] !== undefined);
    if (key === undefined) return undefined;
    items.push({ step: { key, value: item[key] }, item });
  }
  return items;
}

function stepInto(value: unknown, step: Step): unknown {
  if (typeof step === 'string') return isObject(value) ? value[step] : undefined;
  return Array.isArray(value)
    ? value.find((item) => isObject(item) && item[step.key] === step.value)
    : undefined;
}

function getAt(root: unknown, path: Path): unknown {
  return path.reduce(stepInto, root);
}

function setAt(root: unknown, path: Path, value: unknown): void {
  let current: unknown = root;
  for (const [index, step] of path.entries()) {
    const isLast = index === path.length - 1;
    if (typeof step === 'string') {
      if (!isObject(current)) return;
      // The clone is ours alone, so writing into it is safe.
      const holder = current as Record<string, unknown>;
      const next = path[index + 1];
      if (isLast) holder[step] = value;
      else if (typeof next === 'object') holder[step] = Array.isArray(holder[step]) ? holder[step] : [];
      else if (!isObject(holder[step])) holder[step] = {};
      current = holder[step];
    } else {
      if (!Array.isArray(current)) return;
      const found = stepInto(current, step);
      if (found === undefined) current.push({ [step.key]: step.value });
      current = stepInto(current, step);
    }
  }
}

function removeAt(root: unknown, path: Path): void {
  const holderPath = path.slice(0, -1);
  const holder = getAt(root, holderPath);
  const last = path.at(-1);
  if (typeof last !== 'string' || !isObject(holder)) return;
  delete (holder as Record<string, unknown>)[last];
  // An item of a keyed list goes with its last field.
  const list = getAt(root, holderPath.slice(0, -1));
  if (Array.isArray(list) && Object.keys(holder).length === 0) list.splice(list.indexOf(holder), 1);
}

function fieldName(path: Path): string {
  return path
    .map((step) => (typeof step === 'string' ? `.${step}` : `[${step.key}=${JSON.stringify(step.value)}]`))
    .join('');
}
