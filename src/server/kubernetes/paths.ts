import type { ListOptions, ResourceKind } from '../../services/ports.ts';

/**
 * The path of a collection, or of one object in it, by the words of the API’s URLs.
 * Source: kubernetes.io, “Kubernetes API Concepts”, resource URIs.
 */
export function resourcePath(
  kind: ResourceKind,
  namespace: string | undefined,
  name?: string,
  subresource?: string,
): string {
  const base = kind.group === '' ? ['api', kind.version] : ['apis', kind.group, kind.version];
  const place = kind.isNamespaced && namespace !== undefined ? ['namespaces', namespace] : [];
  const rest = [kind.plural, name, subresource].filter((part) => part !== undefined);
  return `/${[...base, ...place, ...rest].map((part) => encodeURIComponent(part)).join('/')}`;
}

/** A query, without what is undefined; begins with `?` unless empty. */
export function query(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== undefined) search.set(key, String(value));
  return search.size === 0 ? '' : `?${search.toString()}`;
}

export function listQuery(options: ListOptions): Record<string, string | number | undefined> {
  return {
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    limit: options.limit,
    continue: options.continue,
  };
}
