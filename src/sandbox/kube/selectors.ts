import type { KubeObject, ListOptions } from '../../services/ports.ts';
import { valueAt } from './json.ts';
import { badRequest } from './refusals.ts';

type Test = (object: KubeObject) => boolean;

/** Fields an API server can select by, besides `metadata.name` and `metadata.namespace`. */
const SELECTABLE: Readonly<Record<string, readonly string[]>> = {
  '/pods': ['spec.nodeName', 'spec.restartPolicy', 'status.phase', 'status.podIP'],
  '/secrets': ['type'],
  '/namespaces': ['status.phase'],
  '/nodes': ['spec.unschedulable'],
  '/events': [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
};

/** Whether an object belongs to a list or watch. Throws 400 for a selector an API server would refuse. */
export function createSelector(key: string, options: ListOptions): Test {
  const tests: Test[] = [];
  const { namespace } = options;
  if (namespace !== undefined) tests.push((object) => object.metadata.namespace === namespace);
  if (options.labelSelector !== undefined) tests.push(...labelTests(options.labelSelector));
  if (options.fieldSelector !== undefined) tests.push(...fieldTests(key, options.fieldSelector));
  return (object) => tests.every((test) => test(object));
}

function fieldTests(key: string, selector: string): Test[] {
  const allowed = ['metadata.name', 'metadata.namespace', ...(SELECTABLE[key] ?? [])];
  return selector
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const parsed = /^([^=!]+)(==|!=|=)(.*)$/.exec(part);
      const field = parsed?.[1];
      if (field === undefined) throw badRequest(`invalid field selector "${part}"`);
      if (!allowed.includes(field)) throw badRequest(`field label not supported: ${field}`);
      const path = field.split('.');
      const wanted = parsed?.[3] ?? '';
      const isEqual = (object: KubeObject) => String(valueAt(object, ...path) ?? '') === wanted;
      return parsed?.[2] === '!=' ? (object: KubeObject) => !isEqual(object) : isEqual;
    });
}

function labelTests(selector: string): Test[] {
  // Commas inside the brackets of `in (a,b)` do not part requirements.
  const parts = selector.match(/(?:[^,(]|\([^)]*\))+/g) ?? [];
  return parts.map((part) => labelTest(part.trim()));
}

function labelTest(part: string): Test {
  const label = (object: KubeObject, name: string) => object.metadata.labels?.[name];
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(part);
  if (set !== null) {
    const [, name = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return operator === 'in'
      ? (object) => values.includes(label(object, name) ?? '\0')
      : (object) => !values.includes(label(object, name) ?? '\0');
  }
  const pair = /^([^=!\s]+)\s*(==|!=|=)\s*(\S*)$/.exec(part);
  if (pair !== null) {
    const [, name = '', operator, value = ''] = pair;
    return operator === '!='
      ? (object) => label(object, name) !== value
      : (object) => label(object, name) === value;
  }
  const exists = /^(!?)\s*([^\s!=]+)$/.exec(part);
  if (exists === null) throw badRequest(`unable to parse requirement: ${part}`);
  const [, not, name = ''] = exists;
  return (object) => (label(object, name) === undefined) === (not === '!');
}
