import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { installation, manifestsFor } from './installation.ts';
import { manifestYaml } from './manifest-yaml.ts';
import { type Flavour, manifestKind, manifestTitle } from './manifest.ts';

const FLAVOURS: Flavour[] = [
  { family: 'meshplay', generation: 'old' },
  { family: 'meshery', generation: 'old' },
  { family: 'meshery', generation: 'new' },
];

describe.each(FLAVOURS)('the installation of $family, $generation generation', (flavour) => {
  const plan = installation(flavour);
  const all = manifestsFor(plan, ['operator', 'broker', 'meshsync']);

  it('knows the URL of every kind it holds', () => {
    for (const manifest of all) expect(manifestKind(manifest), manifest.kind).toBeDefined();
  });

  it('puts the namespace first and the resources after definitions, permissions and operator', () => {
    const order = all.map((manifest) => manifest.kind);
    expect(order[0]).toBe('Namespace');
    expect(order.lastIndexOf('CustomResourceDefinition')).toBeLessThan(order.indexOf('Broker'));
    expect(order.indexOf('Deployment')).toBeLessThan(order.indexOf('Broker'));
    expect(order.indexOf('Broker')).toBeLessThan(order.indexOf('MeshSync'));
  });

  it('lets MeshSync list and watch everything, and write nothing it does not own', () => {
    const reader = all.find(
      (one) => one.kind === 'ClusterRole' && one.metadata.name.endsWith('-controller-role'),
    );
    expect(reader?.['rules']).toContainEqual({
      apiGroups: ['*'],
      resources: ['*'],
      verbs: ['get', 'list', 'watch'],
    });
    const wild = all.filter((one) => JSON.stringify(one['rules'] ?? '').includes('"resources":["*"]'));
    expect(wild).toHaveLength(1);
  });

  it('does not use the image of kube-rbac-proxy, which no registry has any more', () => {
    expect(manifestYaml(...all)).not.toContain('kube-rbac-proxy');
  });

  it('is the same when made twice, and survives the way through YAML', () => {
    expect(installation(flavour)).toEqual(plan);
    const read: unknown[] = parseAllDocuments(manifestYaml(...all)).map((document) => document.toJS());
    expect(read).toEqual(JSON.parse(JSON.stringify(all)));
  });

  it('uses the namespace given everywhere', () => {
    const elsewhere = manifestsFor(installation(flavour, { namespace: 'observability' }), [
      'operator',
      'broker',
      'meshsync',
    ]);
    expect(JSON.stringify(elsewhere)).not.toContain(`"namespace":"${plan.namespace}"`);
    expect(elsewhere[0]?.metadata.name).toBe('observability');
  });
});

describe('options of an installation', () => {
  it('put the registry before the image and the pull secret beside it', () => {
    const plan = installation(
      { family: 'meshery', generation: 'new' },
      { registry: 'registry.example:5000/', pullSecret: 'pull', version: '1.0.4' },
    );
    const yaml = manifestYaml(plan.operator);
    expect(yaml).toContain('image: registry.example:5000/meshery/meshery-operator:1.0.4');
    expect(yaml).toContain('- name: pull');
    expect(yaml).toContain('imagePullPolicy: IfNotPresent');
  });

  it('give the Broker a service type where its schema has one', () => {
    const chosen = { brokerService: 'NodePort' } as const;
    expect(installation({ family: 'meshery', generation: 'new' }, chosen).broker['spec']).toMatchObject({
      service: { type: 'NodePort' },
    });
    expect(installation({ family: 'meshplay', generation: 'old' }, chosen).broker['spec']).toEqual({
      size: 1,
    });
  });

  it('write the watch-list as MeshSync reads it', () => {
    const plan = installation({ family: 'meshplay', generation: 'old' }, { watchList: ['pods.v1.'] });
    expect(JSON.stringify(plan.meshsync['spec'])).toContain(
      JSON.stringify('[{"Resource":"pods.v1.","Events":["ADDED","MODIFIED","DELETED"]}]'),
    );
  });

  it('leave out what was not asked for', () => {
    const kinds = manifestsFor(installation({ family: 'meshplay', generation: 'old' }), ['meshsync']).map(
      manifestTitle,
    );
    expect(kinds).toEqual([
      'Namespace meshplay',
      'CustomResourceDefinition brokers.meshplay.khulnasoft.com',
      'CustomResourceDefinition meshsyncs.meshplay.khulnasoft.com',
      'MeshSync meshplay/meshplay-meshsync',
    ]);
  });
});
