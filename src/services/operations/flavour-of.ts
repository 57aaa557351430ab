import type { Evidence, Observation } from '../../api/evidence.ts';
import type { InstallOptions } from '../../api/operation.ts';
import { type FlavourNames, flavourNames } from '../../core/manifests/flavour-names.ts';
import type { Flavour } from '../../core/manifests/manifest.ts';

/** The value seen, or the last one known when it cannot be seen now. */
export function known<T>(observation: Observation<T>): T | undefined {
  switch (observation.status) {
    case 'seen':
      return observation.value;
    case 'failed':
      return observation.lastValue;
    case 'pending':
      return undefined;
  }
}

/** Which software is on a cluster, or shall be. */
export interface Situation {
  readonly flavour: Flavour;
  readonly names: FlavourNames;
  readonly namespace: string;
  readonly hasOperator: boolean;
  readonly helmRelease: string | undefined;
}

/**
 * Detects family, generation and namespace from what is observed; a person's choice wins, Meshplay is the default of
 * an empty cluster (domain.md 1.2).
 */
export function situationOf(evidence: Evidence, options: InstallOptions): Situation {
  const workloads = known(evidence.workloads) ?? [];
  const resources = known(evidence.resources) ?? [];
  const definitions = known(evidence.definitions) ?? [];
  const operators = workloads.filter((one) => one.role === 'operator');
  const operator = operators.find((one) => one.family === options.family) ?? operators[0];
  const family =
    options.family ??
    operator?.family ??
    resources[0]?.family ??
    workloads[0]?.family ??
    (definitions[0] === undefined || definitions[0].group.startsWith('meshplay') ? 'meshplay' : 'meshery');
  const flavour: Flavour = {
    family,
    generation: family === 'meshplay' ? 'old' : (options.generation ?? generationOf()),
  };
  const names = flavourNames(flavour);
  const namespace =
    options.namespace ??
    (operator?.family === family ? operator.namespace : undefined) ??
    resources.find((one) => one.family === family)?.namespace ??
    workloads.find((one) => one.family === family)?.namespace ??
    names.namespace;
  const own = operators.find((one) => one.family === family && one.namespace === namespace);
  return { flavour, names, namespace, hasOperator: own !== undefined, helmRelease: own?.helmRelease };

  function generationOf(): 'old' | 'new' {
    const hasNewDefinition = definitions.some(
      (one) => one.group === 'meshery.io' && one.versions.some((version) => version.name === 'v1alpha2'),
    );
    if (hasNewDefinition || workloads.some((one) => one.name === 'meshery-nats')) return 'new';
    const isOldInstalled =
      definitions.some((one) => one.group.startsWith('meshery')) ||
      workloads.some((one) => one.name === 'meshery-broker');
    return isOldInstalled ? 'old' : 'new';
  }
}
