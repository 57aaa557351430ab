import { stringify } from 'yaml';

/** An object as YAML to read and to copy; several are joined by `---`. */
export function manifestYaml(...objects: readonly object[]): string {
  return objects
    .map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');
}
