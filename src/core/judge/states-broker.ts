import type { Because } from '../../api/diagnosis.ts';
import { imageVersion } from './image-version.ts';
import { ageMs, FIRST_MESSAGE_GRACE_MS, isLinkUp, isOperatorAbsent, type Scene, takesData } from './scene.ts';
import {
  because,
  lastMessageWords,
  servingOf,
  stateByWorkload,
  type StateOf,
  unknownState,
} from './states.ts';
import { decisiveFailure } from './decisive-failure.ts';
import { ageWords, countWords } from './words.ts';

/** What our own link proves: that data flowed or a subscription is live. A client’s name proves nothing. */
function linkEvidence(scene: Scene): { readonly isCarrying: boolean; readonly because: Because } {
  const { link, monitor } = scene;
  if (link.state !== 'connected')
    return { isCarrying: false, because: because(linkDownWords(scene), 'link') };
  if (link.proof === 'mismatch') {
    return {
      isCarrying: false,
      because: because('the Broker that answered belongs to another cluster', 'link'),
    };
  }
  const ours = monitor?.clients.find((client) => client.isOurs);
  const isSubscribed = ours?.subscriptions.some(takesData);
  if (isSubscribed === false) {
    return {
      isCarrying: false,
      because: because('this server is connected, but the Broker knows no subscription of it', 'monitor'),
    };
  }
  const roundTrip = link.roundTripMs === undefined ? '' : `, round trip ${Math.round(link.roundTripMs)} ms`;
  if (link.messages > 0) {
    const last = link.lastMessageAt === undefined ? '' : `, ${lastMessageWords(scene)}`;
    return {
      isCarrying: true,
      because: because(`${countWords(link.messages, 'message')} received${last}${roundTrip}`, 'link'),
    };
  }
  if (isSubscribed === true || ageMs(scene, link.sinceAt) < FIRST_MESSAGE_GRACE_MS) {
    const subject = link.subjects.find(takesData) ?? 'the data subject';
    return { isCarrying: true, because: because(`subscribed to ${subject}${roundTrip}`, 'link') };
  }
  return {
    isCarrying: false,
    because: because(
      `connected for ${ageWords(ageMs(scene, link.sinceAt))}, but no message has ever arrived`,
      'link',
    ),
  };
}

function linkDownWords(scene: Scene): string {
  const { link } = scene;
  const tried = link.candidates.filter((candidate) => candidate.outcome === 'failed').length;
  const service = scene.services?.filter((one) => one.role === 'broker') ?? [];
  const hasNoAddress =
    !scene.evidence.isServerInCluster &&
    service.length > 0 &&
    service.every((one) => one.externalAddresses.length === 0 && one.type !== 'NodePort');
  const routes = `${countWords(tried, 'route')} tried, 0 answered`;
  if (hasNoAddress) return `no external address; ${routes}`;
  const wasConnected =
    link.messages > 0 || link.candidates.some((candidate) => candidate.outcome === 'answered');
  if (link.state === 'lost' && wasConnected) return `link lost ${ageWords(ageMs(scene, link.sinceAt))} ago`;
  const decisive = decisiveFailure(scene.evidence);
  if (decisive !== undefined && tried > 0) return `${routes}: ${decisive}`;
  if (link.failure !== undefined) return link.failure.message;
  return link.state === 'connecting' ? 'this server is connecting' : 'this server is not connected';
}

function version(scene: Scene): string | undefined {
  const containers = scene.workload.broker?.containers ?? [];
  const nats = containers.find((container) => container.name === 'nats') ?? containers[0];
  return (nats === undefined ? undefined : imageVersion(nats.image)) ?? scene.monitor?.version;
}

/**
 * State of the Broker: UNDEPLOYED without its resource, CONNECTED when data reaches this server, else DEPLOYED. Where
 * the operator is gone, or the resource cannot be read, the StatefulSet decides.
 */
export function brokerState(scene: Scene): StateOf {
  const resource = scene.resource.broker;
  const workload = scene.workload.broker;
  if (scene.isApiDown) return unknownState(scene, ['api']);
  const link = linkEvidence(scene);
  if (scene.resources !== undefined && resource === undefined) {
    const isOrphan = isOperatorAbsent(scene) && workload !== undefined;
    if (!isOrphan) {
      const text =
        workload === undefined ? 'no Broker resource' : `no Broker resource, although ${workload.name} runs`;
      return {
        state: 'UNDEPLOYED',
        version: version(scene),
        because: [because(text, 'resources')],
        isGood: false,
        isSure: true,
      };
    }
  }
  const serving = servingOf(scene, 'broker');
  const reasons: [Because, ...Because[]] =
    serving === undefined ? [link.because] : [link.because, serving.because];
  if (link.isCarrying && isLinkUp(scene) && serving?.isServing !== false) {
    return { state: 'CONNECTED', version: version(scene), because: reasons, isGood: true, isSure: true };
  }
  if (scene.resources === undefined) {
    if (scene.workloads === undefined) return unknownState(scene, ['resources', 'workloads']);
    return {
      state: stateByWorkload(workload),
      version: version(scene),
      because: reasons,
      isGood: false,
      isSure: false,
    };
  }
  return {
    state: 'DEPLOYED',
    version: version(scene),
    because: serving?.isServing === false ? [serving.because, link.because] : reasons,
    isGood: false,
    isSure: true,
  };
}
