/** The same cluster reads the same whatever the order its objects, and its findings, come in. */
import { assert, type Arbitrary, constant, property, shuffledSubarray, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../api/diagnosis.ts';
import type { Evidence, Observation } from '../../api/evidence.ts';
import { findingStories } from './finding-stories.ts';
import { CONTEXT, failed, healthyEvidence, seen, service, workload } from './fixtures.ts';
import { judge } from './judge.ts';
import { compareFindings, withRootCause } from './root-cause.ts';

function shuffled<T>(list: readonly T[]): Arbitrary<T[]> {
  return shuffledSubarray([...list], { minLength: list.length, maxLength: list.length });
}

function shuffledList<T>(observation: Observation<T[]>): Arbitrary<Observation<T[]>> {
  return observation.status === 'seen'
    ? shuffled(observation.value).map((value) => ({ ...observation, value }))
    : constant(observation);
}

/** One more of everything, so that there is something to put in another order. */
const crowded = healthyEvidence({
  workloads: seen([
    workload('operator'),
    workload('operator', { namespace: 'other', uid: 'uid-2' }),
    workload('meshsync'),
    workload('broker'),
    workload('broker', { name: 'meshery-broker', uid: 'uid-old' }),
  ]),
  services: seen([service('broker'), service('broker', { name: 'meshery-broker', externalAddresses: [] })]),
});
const forbidden = healthyEvidence({
  clusterUid: failed('forbidden'),
  resources: failed('forbidden'),
  workloads: failed('forbidden'),
  pods: failed('forbidden'),
  services: failed('forbidden'),
  events: failed('forbidden'),
});
const stories = [crowded, forbidden, ...findingStories.map(({ evidence }) => evidence)];

describe('the order', () => {
  it('of what is observed changes nothing of the judgement', () => {
    for (const evidence of stories) {
      const reordered: Arbitrary<Evidence> = tuple(
        shuffledList(evidence.definitions),
        shuffledList(evidence.resources),
        shuffledList(evidence.workloads),
        shuffledList(evidence.pods),
        shuffledList(evidence.services),
        shuffled(evidence.streams),
      ).map(([definitions, resources, workloads, pods, services, streams]) => ({
        ...evidence,
        definitions,
        resources,
        workloads,
        pods,
        services,
        streams,
      }));
      const told = judge(evidence, CONTEXT);
      assert(
        property(reordered, (other) => {
          expect(judge(other, CONTEXT)).toEqual(told);
        }),
        { numRuns: 6 },
      );
    }
  });

  it('of findings is total: it does not depend on the order they were found in', () => {
    for (const evidence of stories) {
      const { findings } = judge(evidence, CONTEXT);
      // Two of one code about two things, as a cluster with two of everything has.
      const twins = findings.map((finding): Finding => ({
        ...finding,
        summary: `${finding.summary} Again.`,
      }));
      const bare = [...findings, ...twins].map(({ followsFrom: _root, ...finding }) => finding);
      const told = withRootCause(bare);
      assert(
        property(shuffled(bare), (other) => {
          expect(withRootCause(other)).toEqual(told);
        }),
        { numRuns: 6 },
      );
    }
  });

  it('puts what is worse first, then what comes earlier among the causes', () => {
    const found = judge(forbidden, CONTEXT).findings;
    expect(found.map(({ code }) => code)).toEqual(['MT-K-15', 'MT-K-20', 'MT-K-22']);
    for (const [index, finding] of found.entries())
      for (const later of found.slice(index + 1)) expect(compareFindings(finding, later)).toBeLessThan(0);
  });
});
