import { describe, expect, it } from 'vitest';
import { createTestWorld } from '../data/test-world.ts';
import { pipelinesOf } from './meshsync-pipelines.ts';

const KEY = 'meshplay.khulnasoft.com/meshsyncs';

/** The pipelines of a MeshSync whose resource has these lists. */
function pipelinesWith(data: Readonly<Record<string, string>> | undefined) {
  const world = createTestWorld();
  world.write(KEY, 'meshplay', 'meshplay-meshsync', { spec: { 'watch-list': { data } } });
  const { kinds, complaints } = pipelinesOf(world.cluster, 'meshplay');
  world.close();
  return {
    kinds: [...kinds.keys()].toSorted(),
    events: (key: string) => [...(kinds.get(key) ?? [])],
    complaints,
  };
}

describe('the watch-list of the simulated MeshSync', () => {
  const builtIn = pipelinesWith(undefined).kinds;

  it('is the one that is built in where the resource has none, or one that is no good', () => {
    expect(builtIn).toContain('apps/deployments');
    const broken = pipelinesWith({ whitelist: '[{"Resource":"pods.v1."' });
    expect(broken.kinds).toEqual(builtIn);
    expect(broken.complaints).toHaveLength(1);
    const both = pipelinesWith({ whitelist: '[]', blacklist: '["secrets.v1."]' });
    expect(both.kinds).toEqual(builtIn);
    expect(both.complaints[0]).toContain('cannot use both whitelist and blacklist');
  });

  it('watches what a whitelist names, and only the events it names', () => {
    const { kinds, events, complaints } = pipelinesWith({
      whitelist:
        '[{"Resource":"pods.v1.","Events":["DELETED"]},{"Resource":"deployments.v1.apps","Events":["ADDED"]}]',
    });
    expect(kinds).toEqual(['/pods', 'apps/deployments']);
    expect(events('/pods')).toEqual(['DELETED']);
    expect(complaints).toEqual([]);
  });

  it('watches nothing of a name in the singular, and says that it was not found', () => {
    const { kinds, complaints } = pipelinesWith({
      whitelist: '[{"Resource":"deployment.v1.apps","Events":["ADDED"]}]',
    });
    expect(kinds).toEqual([]);
    expect(complaints[0]).toContain('could not find the requested resource');
  });

  it('leaves out what a blacklist names', () => {
    const { kinds } = pipelinesWith({ blacklist: '["secrets.v1."]' });
    expect(kinds).toEqual(builtIn.filter((key) => key !== '/secrets'));
  });
});
