/** Below this a list is serialised at once. */
const LONG_LIST = 50;

/**
 * JSON of a reply. Items of long lists are remembered by identity: a list of a thousand connections is asked for
 * every second by every tab, and between two answers few of its items are new objects. Items are never changed in
 * place, which every handler of a list holds to.
 */
export function createSerialiser(): (body: unknown) => string {
  const kept = new WeakMap<object, string>();
  const jsonOf = (item: unknown): string => {
    if (typeof item !== 'object' || item === null) return JSON.stringify(item) ?? 'null';
    const known = kept.get(item);
    if (known !== undefined) return known;
    const made = JSON.stringify(item);
    kept.set(item, made);
    return made;
  };
  return (body) => {
    if (!isLongList(body)) return JSON.stringify(body);
    const { items, ...rest } = body;
    const others = JSON.stringify(rest);
    const list = `"items":[${items.map(jsonOf).join(',')}]`;
    return others === '{}' ? `{${list}}` : `{${list},${others.slice(1)}`;
  };
}

function isLongList(body: unknown): body is { readonly items: readonly unknown[] } {
  return (
    typeof body === 'object' &&
    body !== null &&
    'items' in body &&
    Array.isArray(body.items) &&
    body.items.length >= LONG_LIST
  );
}
