import type { Flavour } from './manifest.ts';

/** Every name that differs between the families and generations (domain.md 1.2). */
export interface FlavourNames {
  readonly namespace: string;
  readonly group: string;
  readonly operator: string;
  readonly brokerResource: string;
  readonly meshsyncResource: string;
  /** StatefulSet and Service of the Broker, made by the operator. */
  readonly brokerWorkload: string;
  readonly meshsyncWorkload: string;
  readonly operatorImage: string;
  readonly operatorTag: string;
  readonly annotation: string;
  /** Versions the definitions serve; the last one is stored. */
  readonly apiVersions: readonly string[];
  readonly title: string;
}

/**
 * Names of one flavour. For Meshplay only the old generation exists, so `generation` is not looked at.
 */
export function flavourNames(flavour: Flavour): FlavourNames {
  if (flavour.family === 'meshplay') {
    return {
      namespace: 'meshplay',
      group: 'meshplay.khulnasoft.com',
      operator: 'meshplay-operator',
      brokerResource: 'meshplay-broker',
      meshsyncResource: 'meshplay-meshsync',
      brokerWorkload: 'meshplay-broker',
      meshsyncWorkload: 'meshplay-meshsync',
      operatorImage: 'khulnasoft/meshplay-operator',
      operatorTag: 'stable-latest',
      annotation: 'meshplay/component-type',
      apiVersions: ['v1alpha1'],
      title: 'Meshplay',
    };
  }
  const isNew = flavour.generation === 'new';
  return {
    namespace: 'meshery',
    group: 'meshery.io',
    operator: 'meshery-operator',
    brokerResource: 'meshery-broker',
    meshsyncResource: 'meshery-meshsync',
    brokerWorkload: isNew ? 'meshery-nats' : 'meshery-broker',
    meshsyncWorkload: 'meshery-meshsync',
    operatorImage: isNew ? 'meshery/meshery-operator' : 'layer5/meshery-operator',
    operatorTag: isNew ? '1.0.5' : 'stable-latest',
    annotation: 'meshery/component-type',
    apiVersions: isNew ? ['v1alpha1', 'v1alpha2'] : ['v1alpha1'],
    title: isNew ? 'Meshery' : 'Meshery (operator before 1.0)',
  };
}
