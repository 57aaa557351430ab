import type { Finding, Remedy } from '../../api/diagnosis.ts';
import { catalogue, type CatalogueItem } from './catalogue.ts';
import { type CatalogueRemedy, run } from './catalogue/entry.ts';
import { brokerDetectors } from './findings/broker.ts';
import { databaseDetectors } from './findings/database.ts';
import type { Detected, Detector } from './findings/detector.ts';
import { isForwardBarred } from './findings/link-fault.ts';
import { kubernetesDetectors } from './findings/kubernetes.ts';
import { meshsyncDetectors } from './findings/meshsync.ts';
import { operatorDetectors } from './findings/operator.ts';
import { serverDetectors } from './findings/server.ts';
import { withRootCause } from './root-cause.ts';
import type { Scene } from './scene.ts';
import type { Waits } from './waits.ts';

const DETECTORS: Readonly<Record<string, Detector>> = {
  ...kubernetesDetectors,
  ...operatorDetectors,
  ...brokerDetectors,
  ...meshsyncDetectors,
  ...serverDetectors,
  ...databaseDetectors,
};

/** Fills the `<words>` of a command; one that is not known stays, for the person to fill in. */
function fill(text: string, values: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(/<([a-z]+)>/g, (whole, word: string) => values[word] ?? whole);
}

/** What may stand unquoted in a shell: names of a cluster are not ours, so nothing else is put into a command. */
const SAFE_WORD = /^[A-Za-z0-9][A-Za-z0-9._:/[\]-]*$|^-A$|^-n [a-z0-9-]+$/;

function safeValues(
  values: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && SAFE_WORD.test(value)),
  );
}

function fillRemedy(remedy: Remedy, values: Readonly<Record<string, string | undefined>>): Remedy {
  return remedy.kind === 'command' ? { ...remedy, command: fill(remedy.command, values) } : remedy;
}

/** What the person whose kubeconfig this is needs from who governs the cluster; the name of the user is theirs to fill in. */
const ALLOW_FORWARD = run(
  'Allow port-forward',
  'kubectl create role broker-port-forward -n <namespace> --verb=create --resource=pods/portforward && kubectl create rolebinding broker-port-forward -n <namespace> --role=broker-port-forward --user=<user>',
);

/** What an operator of before `spec.service` leaves alone: the type of the Service it made. */
const GIVE_ADDRESS_BY_SERVICE = run(
  'Give it an address',
  'kubectl patch svc <service> -n <namespace> -p \'{"spec":{"type":"LoadBalancer"}}\'',
);
/** The group whose Broker has `spec.service`. */
const SERVICE_FIELD_GROUP = 'meshery.io';

/** The remedies that can work: what needs something that is not there gives way to what does not. */
function offered(scene: Scene, remedies: readonly CatalogueRemedy[]): Remedy[] {
  const isBarred = isForwardBarred(scene);
  const broker = scene.resource.broker;
  return remedies.map(({ needs, ...remedy }): Remedy => {
    if (needs === 'port-forward' && isBarred) return ALLOW_FORWARD;
    if (needs === 'service-field' && broker?.group !== SERVICE_FIELD_GROUP) return GIVE_ADDRESS_BY_SERVICE;
    return remedy;
  });
}

function toFinding(scene: Scene, item: CatalogueItem, detected: Detected): Finding {
  const namespace = scene.workload.operator?.namespace ?? scene.evidence.namespaces[0];
  const values = safeValues({ namespace, ...detected.values });
  return {
    code: item.code,
    severity: detected.milder?.severity ?? item.severity,
    hop: item.hop,
    summary: detected.summary ?? `${item.title}.`,
    meaning: detected.milder?.meaning ?? item.meaning,
    cause: item.cause,
    confidence: item.confidence,
    ...(item.confirm === undefined ? {} : { confirm: item.confirm }),
    remedies: [
      ...offered(scene, detected.remedies ?? item.remedies).map((remedy) => fillRemedy(remedy, values)),
      { kind: 'link', label: `About ${item.code}`, path: `/errors/${item.code}` },
    ],
    facts: [...detected.facts],
  };
}

/** Every finding that holds, root cause first, then by severity; what follows from the root says so. */
export function findingsOf(scene: Scene, waits: Waits): Finding[] {
  const found: { item: CatalogueItem; finding: Finding }[] = [];
  for (const item of catalogue) {
    const detected = DETECTORS[item.code]?.(scene, waits);
    if (detected !== undefined) found.push({ item, finding: toFinding(scene, item, detected) });
  }
  const explained = new Set(
    found
      .filter(({ item }) => item.isFallback !== true && item.severity !== 'info')
      .map(({ item }) => item.hop),
  );
  const broken = new Set(
    found.filter(({ finding }) => finding.severity === 'critical').map(({ item }) => item.hop),
  );
  const isHeard = ({ isFallback, isWait, hop }: CatalogueItem) =>
    (isFallback !== true || !explained.has(hop)) && (isWait !== true || !broken.has(hop));
  return withRootCause(found.filter(({ item }) => isHeard(item)).map(({ finding }) => finding));
}
