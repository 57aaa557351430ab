import type { KubernetesEvent, Pod, Service, Workload } from '../../api/evidence.ts';
import { DEPLOYMENTS, EVENTS, PODS, SECRETS, SERVICES, STATEFUL_SETS, TOKEN_SECRET } from './kinds.ts';
import { projectEvent, projectPod, projectSecret, projectService, projectWorkload } from './project.ts';
import type { BrokerSecret } from './project.ts';
import { ObjectStream } from './stream.ts';
import type { StreamHost } from './stream-spec.ts';

/** The streams of one namespace where our things live. Who makes it starts and closes each of `all()`. */
export class HomeStreams {
  readonly deployments: ObjectStream<Workload>;
  readonly statefulSets: ObjectStream<Workload>;
  readonly pods: ObjectStream<Pod>;
  readonly services: ObjectStream<Service>;
  readonly events: ObjectStream<KubernetesEvent>;
  readonly secrets: ObjectStream<BrokerSecret>;

  constructor(namespace: string, host: StreamHost) {
    const options = { namespace };
    this.deployments = new ObjectStream(
      {
        name: `deployments in ${namespace}`,
        kind: DEPLOYMENTS,
        options,
        project: (object) => projectWorkload(object, 'Deployment'),
      },
      host,
    );
    this.statefulSets = new ObjectStream(
      {
        name: `statefulsets in ${namespace}`,
        kind: STATEFUL_SETS,
        options,
        project: (object) => projectWorkload(object, 'StatefulSet'),
      },
      host,
    );
    this.pods = new ObjectStream(
      { name: `pods in ${namespace}`, kind: PODS, options, project: projectPod },
      host,
    );
    this.services = new ObjectStream(
      { name: `services in ${namespace}`, kind: SERVICES, options, project: projectService },
      host,
    );
    this.events = new ObjectStream(
      {
        name: `events in ${namespace}`,
        kind: EVENTS,
        options: { namespace, fieldSelector: 'type=Warning' },
        project: projectEvent,
      },
      host,
    );
    this.secrets = new ObjectStream(
      {
        name: `secret ${TOKEN_SECRET} in ${namespace}`,
        kind: SECRETS,
        options: { namespace, fieldSelector: `metadata.name=${TOKEN_SECRET}` },
        project: projectSecret,
      },
      host,
    );
  }

  all(): ObjectStream<unknown>[] {
    return [this.deployments, this.statefulSets, this.pods, this.services, this.events, this.secrets];
  }

  /** Something of ours is here, or may be: a namespace is not given up before its streams have told. */
  isInhabited(): boolean {
    const telling = [this.deployments, this.statefulSets, this.pods];
    return telling.some((stream) => stream.observation().status !== 'seen' || stream.values().length > 0);
  }
}
