import type { Because } from '../../api/diagnosis.ts';
import { imageVersion } from './image-version.ts';
import {
  ageMs,
  isClientListComplete,
  isDataFresh,
  isOperatorAbsent,
  meshsyncClients,
  type Scene,
  whyUnseen,
} from './scene.ts';
import {
  because,
  lastMessageWords,
  servingOf,
  stateByWorkload,
  type StateOf,
  unknownState,
} from './states.ts';
import { countWords } from './words.ts';

type BrokerContact = {
  readonly is: 'connected' | 'not-connected' | 'cannot-tell';
  readonly because: Because;
};

/**
 * Whether MeshSync is connected to the Broker: by its live client entry, or by data that reached us over a proven link.
 * Data outweighs a monitoring port that fails, and an entry that is missing now outweighs data that came before.
 */
export function brokerContact(scene: Scene): BrokerContact {
  const { link, monitor, evidence } = scene;
  const client = meshsyncClients(scene)[0];
  const last = link.lastMessageAt;
  const hasData = isDataFresh(scene) && link.proof === 'proven';
  const dataWords = lastMessageWords(scene);
  if (client !== undefined) {
    const text = hasData
      ? dataWords
      : `publishing to ${scene.resource.broker?.name ?? 'the Broker'}, ${countWords(client.inMessages, 'message')}`;
    return { is: 'connected', because: because(text, hasData ? 'link' : 'monitor') };
  }
  const monitorAt = evidence.monitor.status === 'seen' ? evidence.monitor.seenAt : undefined;
  if (hasData && (monitorAt === undefined || ageMs(scene, last) < ageMs(scene, monitorAt))) {
    return { is: 'connected', because: because(dataWords, 'link') };
  }
  if (monitor === undefined || !isClientListComplete(scene)) {
    const why =
      monitor === undefined
        ? (whyUnseen(evidence.monitor) ?? 'its list is too old')
        : 'not all its clients were read';
    return {
      is: 'cannot-tell',
      because: because(`whether it is connected to the Broker cannot be seen: ${why}`, 'monitor'),
    };
  }
  return { is: 'not-connected', because: because('the Broker lists no client named meshsync', 'monitor') };
}

function version(scene: Scene): string | undefined {
  const containers = scene.workload.meshsync?.containers ?? [];
  const meshsync = containers.find((container) => container.name === 'meshsync') ?? containers[0];
  return (
    (meshsync === undefined ? undefined : imageVersion(meshsync.image)) ??
    scene.resource.meshsync?.imageVersion
  );
}

/**
 * State of MeshSync: UNDEPLOYED without its resource, ENABLED without a pod, DEPLOYED while no pod serves, RUNNING when
 * one does, CONNECTED when the Broker knows it. Where the operator is gone, or the resource cannot be read, the
 * Deployment decides.
 */
export function meshsyncState(scene: Scene): StateOf {
  if (scene.isApiDown) return unknownState(scene, ['api']);
  const resource = scene.resource.meshsync;
  const workload = scene.workload.meshsync;
  const shownVersion = version(scene);
  if (
    scene.resources !== undefined &&
    resource === undefined &&
    !(isOperatorAbsent(scene) && workload !== undefined)
  ) {
    const text =
      workload === undefined
        ? 'no MeshSync resource'
        : `no MeshSync resource, although ${workload.name} runs`;
    return {
      state: 'UNDEPLOYED',
      version: shownVersion,
      because: [because(text, 'resources')],
      isGood: false,
      isSure: true,
    };
  }
  const serving = servingOf(scene, 'meshsync');
  const contact = brokerContact(scene);
  if (contact.is === 'connected' && serving?.isServing !== false) {
    const reasons: [Because, ...Because[]] =
      serving === undefined ? [contact.because] : [contact.because, serving.because];
    return { state: 'CONNECTED', version: shownVersion, because: reasons, isGood: true, isSure: true };
  }
  if (scene.resources === undefined && scene.workloads !== undefined) {
    const first = serving?.because ?? contact.because;
    return {
      state: stateByWorkload(workload),
      version: shownVersion,
      because: [first, contact.because],
      isGood: false,
      isSure: false,
    };
  }
  if (serving === undefined || scene.resources === undefined)
    return unknownState(scene, ['resources', 'workloads', 'pods']);
  if (!serving.hasPods) {
    return {
      state: 'ENABLED',
      version: shownVersion,
      because: [serving.because],
      isGood: false,
      isSure: true,
    };
  }
  if (!serving.isServing) {
    return {
      state: 'DEPLOYED',
      version: shownVersion,
      because: [serving.because],
      isGood: false,
      isSure: true,
    };
  }
  return {
    state: 'RUNNING',
    version: shownVersion,
    because: [contact.because, serving.because],
    isGood: false,
    isSure: contact.is !== 'cannot-tell',
  };
}
