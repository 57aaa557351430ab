/** Which Operator an image is, and how it names what it makes (the two families and the change of names at 1.0). */
export interface Flavour {
  readonly family: 'meshplay' | 'meshery';
  /** API groups whose resources it watches. */
  readonly groups: readonly string[];
  /** Since 1.0: owner references, finalizers, ClusterIP by default, `spec.service` honoured. */
  readonly isModern: boolean;
  /** Asks clients of the Broker for the token in this Secret. */
  readonly authSecret: string | undefined;
  readonly brokerImages: { readonly nats: string; readonly reloader: string };
  meshsyncImage(version: string | undefined): string;
  /** Name of the Broker’s StatefulSet and Service. */
  brokerWorkload(resourceName: string): string;
  readonly brokerLabels: Readonly<Record<string, string>>;
}

const OLD_BROKER = {
  nats: 'nats:2.8.2-alpine3.15',
  reloader: 'connecteverything/nats-server-config-reloader:0.6.0',
};
const NEW_BROKER = { nats: 'nats:2.14.2-alpine', reloader: 'natsio/nats-server-config-reloader:0.23.0' };

/** The flavour of the image of container `manager`; undefined for an image that is no Operator. */
export function flavourOf(image: string): Flavour | undefined {
  const major = Number(/:v?(\d+)\.\d+\.\d+/.exec(image)?.[1] ?? 0);
  if (image.includes('meshplay-operator')) {
    return {
      family: 'meshplay',
      groups: ['meshplay.khulnasoft.com'],
      isModern: major >= 1,
      authSecret: undefined,
      brokerImages: major >= 1 ? NEW_BROKER : OLD_BROKER,
      meshsyncImage: (version) =>
        `khulnasoft/meshsync:${version ?? (major >= 1 ? '1.0.3' : 'stable-latest')}`,
      brokerWorkload: (resourceName) => resourceName,
      brokerLabels: { app: 'meshplay', component: 'broker' },
    };
  }
  if (!image.includes('meshery-operator')) return undefined;
  if (major >= 1) {
    return {
      family: 'meshery',
      groups: ['meshery.io'],
      isModern: true,
      authSecret: 'meshery-nats-auth',
      brokerImages: NEW_BROKER,
      meshsyncImage: (version) => `meshery/meshsync:${version ?? '1.0.3'}`,
      brokerWorkload: () => 'meshery-nats',
      brokerLabels: {
        'app.kubernetes.io/name': 'nats',
        'app.kubernetes.io/instance': 'meshery-nats',
        'app.kubernetes.io/component': 'nats',
        'app.kubernetes.io/managed-by': 'Helm',
      },
    };
  }
  return {
    family: 'meshery',
    groups: ['meshery.layer5.io', 'meshery.io'],
    isModern: false,
    authSecret: undefined,
    brokerImages: OLD_BROKER,
    meshsyncImage: (version) => `layer5/meshsync:${version ?? 'stable-latest'}`,
    brokerWorkload: (resourceName) => resourceName,
    brokerLabels: { app: 'meshery', component: 'broker' },
  };
}
