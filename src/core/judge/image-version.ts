/**
 * The version an image name tells: its tag, else the start of its digest, else `latest`. A registry with a port is not
 * a tag, and a digest behind the tag is not part of it.
 */
export function imageVersion(image: string): string | undefined {
  const at = image.indexOf('@');
  const name = at < 0 ? image : image.slice(0, at);
  const last = name.slice(name.lastIndexOf('/') + 1);
  if (last === '') return undefined;
  const colon = last.indexOf(':');
  if (colon >= 0 && colon < last.length - 1) return last.slice(colon + 1);
  if (at < 0) return 'latest';
  const digest = image.slice(at + 1);
  const hash = digest.slice(digest.indexOf(':') + 1);
  return hash === '' ? undefined : hash.slice(0, 12);
}

/** `1.0.5`, `v1.0.5-rc.1` → [1, 0, 5]; undefined for words such as `stable-latest`. */
function versionNumbers(version: string | undefined): readonly [number, number, number] | undefined {
  const match = /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:$|[-+])/.exec(version ?? '');
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** True when a version is known and comes before the other. */
export function isOlderThan(version: string | undefined, other: readonly [number, number, number]): boolean {
  const numbers = versionNumbers(version);
  if (numbers === undefined) return false;
  for (const [index, number] of numbers.entries()) {
    const against = other[index] ?? 0;
    if (number !== against) return number < against;
  }
  return false;
}

/** True when a version is known and is the other or comes after it. */
export function isFrom(version: string | undefined, other: readonly [number, number, number]): boolean {
  return versionNumbers(version) !== undefined && !isOlderThan(version, other);
}
