import type { ErrorReference } from '../../../core/errors-reference/references.ts';

export type ErrorComponent = ErrorReference['component'];

/** What each component is called, and where its codes are seen. */
export const COMPONENTS: Readonly<Record<ErrorComponent, { readonly name: string; readonly shown: string }>> =
  {
    troubleshooter: {
      name: 'Troubleshooter',
      shown:
        'On the card of a connection, in its drawer under Findings, in Activity and on the command line.',
    },
    check: {
      name: 'Tests',
      shown: 'In the panel of a test beside the check that did not pass, and on the command line.',
    },
    kubeconfig: {
      name: 'Uploaded kubeconfigs',
      shown: 'Beside the context in the preview of an upload, and by kubeconfig preview on the command line.',
    },
    api: {
      name: 'Replies of this server',
      shown:
        'In a notification, beside a form that was refused, on the command line, and in the replies of the REST API.',
    },
    server: {
      name: 'Meshplay Server',
      shown: 'In the replies, the notifications and the log of Meshplay Server (Meshery Server).',
    },
    operator: { name: 'Operator', shown: 'In the log of the Operator’s pod.' },
    meshsync: { name: 'MeshSync', shown: 'In the log of MeshSync’s pod.' },
    cli: { name: 'Command line', shown: 'In the terminal, by meshplayctl (mesheryctl).' },
    library: {
      name: 'MeshKit',
      shown:
        'In the log of whatever uses the library: Meshplay Server, the Operator, MeshSync, the command line.',
    },
  };

/** The letter in a finding’s code says at which mark of the path it is shown. */
const HOP_OF_LETTER: Readonly<Record<string, string>> = {
  K: 'Kubernetes',
  O: 'Operator',
  M: 'MeshSync',
  B: 'Broker',
  S: 'Server',
  D: 'Database',
};

/** Where a code is seen, in a sentence. */
export function shownWords({ code, component }: ErrorReference): string {
  const hop = component === 'troubleshooter' ? HOP_OF_LETTER[code.split('-')[1] ?? ''] : undefined;
  return hop === undefined
    ? COMPONENTS[component].shown
    : `At the mark of ${hop}. ${COMPONENTS[component].shown}`;
}

/** The codes of a component, or of all, that hold every word sought, in any case. */
export function errorsMatching(
  references: readonly ErrorReference[],
  sought: string,
  component: ErrorComponent | undefined,
): readonly ErrorReference[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  return references.filter((one) => {
    if (component !== undefined && one.component !== component) return false;
    const text = `${one.code} ${one.title} ${one.cause} ${one.remedy}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** How many codes each component has that match, for the filter. */
export function countByComponent(references: readonly ErrorReference[]): ReadonlyMap<ErrorComponent, number> {
  const counts = new Map<ErrorComponent, number>();
  for (const { component } of references) counts.set(component, (counts.get(component) ?? 0) + 1);
  return counts;
}
