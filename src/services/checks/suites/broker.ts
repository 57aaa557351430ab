import { CANDIDATE_KINDS } from '../../../api/evidence.ts';
import { decisiveFailure } from '../../../core/judge/decisive-failure.ts';
import { askHealth, judgeCandidate, WAY_WORDS } from './broker-ways.ts';
import { seen, workloadChecks } from './controllers.ts';
import { type CheckScene, fail, pass, skip, warn, type SuiteCheck, timeWords } from './scene.ts';

const SERVER_NAMES = ['meshplay-server', 'meshery-server', 'meshplay', 'meshery'];

export function brokerChecks(scene: CheckScene): SuiteCheck[] {
  const base = { suite: 'broker', hop: 'broker', timeoutMs: 5000 } as const;
  const evidence = () => scene.target.evidence();
  return [
    {
      ...base,
      id: 'broker-resource',
      title: 'Its resource exists',
      needs: ['operator-definitions'],
      run: () => {
        const resources = seen(evidence().resources);
        if ('blind' in resources) return Promise.resolve(resources.blind);
        const own = resources.value.filter((one) => one.kind === 'Broker');
        const first = own[0];
        if (first === undefined)
          return Promise.resolve(fail('there is no Broker resource', { remedy: 'Install the Broker.' }));
        const lines = own.map(
          (one) =>
            `${one.namespace}/${one.name} of ${one.group}/${one.version}; internal ${one.endpoint?.internal ?? 'none'}, external ${one.endpoint?.external ?? 'none'}`,
        );
        if (first.deletedAt !== undefined)
          return Promise.resolve(
            fail('it is being deleted', {
              evidence: lines,
              remedy: 'If nobody finishes it, release its finalizers.',
            }),
          );
        return Promise.resolve(
          own.length > 1
            ? warn(`there are ${own.length}`, { evidence: lines })
            : pass(`${first.namespace}/${first.name}`, { evidence: lines }),
        );
      },
    },
    ...workloadChecks(scene, 'broker', 'Broker'),
    {
      ...base,
      id: 'broker-service',
      title: 'It has a Service',
      needs: ['broker-workload'],
      run: () => {
        const services = seen(evidence().services);
        if ('blind' in services) return Promise.resolve(services.blind);
        const own = services.value.filter((one) => one.role === 'broker' && one.clusterIp !== undefined);
        const lines = own.map(
          (one) =>
            `${one.namespace}/${one.name}: ${one.type} ${one.clusterIp ?? ''} ${one.externalAddresses.join(', ')} ports ${one.ports.map((port) => `${port.name} ${port.port}${port.nodePort === undefined ? '' : `→${port.nodePort}`}`).join(', ')}`,
        );
        const first = own[0];
        if (first === undefined)
          return Promise.resolve(
            fail('there is no Service in front of it', { remedy: 'Redeploy the Broker.' }),
          );
        if (first.type === 'LoadBalancer' && first.externalAddresses.length === 0) {
          return Promise.resolve(
            warn('its LoadBalancer has no address yet', {
              evidence: lines,
              remedy: 'This cluster may have no load balancers: use NodePort or the port-forward.',
            }),
          );
        }
        return Promise.resolve(pass(`${first.type} ${first.name}`, { evidence: lines }));
      },
    },
    {
      ...base,
      id: 'broker-token',
      title: 'Its token is accepted',
      needs: ['broker-workload'],
      run: () => {
        const { link, brokerToken } = evidence();
        if (link.state === 'connected')
          return Promise.resolve(
            pass({ none: 'none is asked for', used: 'it is accepted', unreadable: 'not needed' }[link.token]),
          );
        const isRefused = link.failure?.kind === 'auth';
        if (brokerToken.status === 'failed') {
          const observed = `the Secret cannot be read: ${brokerToken.failure.message}`;
          const extra = { remedy: 'Grant get on secrets in its namespace.' };
          return Promise.resolve(isRefused ? fail(observed, extra) : warn(observed, extra));
        }
        if (isRefused)
          return Promise.resolve(
            fail('the Broker refuses the token of the Secret', {
              remedy: 'Restart the Broker, so that it reads the Secret again.',
            }),
          );
        return Promise.resolve(pass('it can be read'));
      },
    },
    {
      ...base,
      id: 'broker-ways',
      title: 'A way to the Broker answers',
      needs: ['broker-token'],
      run: () => {
        const { link } = evidence();
        const lines = link.candidates.map(
          (one) =>
            `${one.kind} ${one.address}: ${one.outcome}${one.latencyMs === undefined ? '' : ` in ${Math.round(one.latencyMs)} ms`}${one.failure === undefined ? '' : `, ${one.failure.message}`}`,
        );
        if (link.state === 'connected')
          return Promise.resolve(
            pass(`${link.chosen ?? ''} ${link.address ?? ''}`.trim(), { evidence: lines }),
          );
        return Promise.resolve(
          fail(decisiveFailure(evidence()) ?? 'none answered', {
            evidence: lines,
            remedy: 'Reconnect; if nothing answers, expose the Broker (NodePort) or grant port-forward.',
          }),
        );
      },
    },
    ...CANDIDATE_KINDS.map((kind): SuiteCheck => ({
      ...base,
      id: `broker-way-${kind}`,
      title: `It answers ${WAY_WORDS[kind]}`,
      needs: ['broker-token'],
      run: () => Promise.resolve(judgeCandidate(evidence().link, kind)),
    })),
    {
      ...base,
      id: 'broker-tls',
      title: 'TLS does not stand in the way',
      needs: ['broker-token'],
      run: () => {
        const failed = evidence().link.candidates.filter((one) => one.failure?.kind === 'tls');
        return Promise.resolve(
          failed.length === 0
            ? pass('no way failed by it')
            : fail(failed[0]?.failure?.message ?? 'a way failed by it', {
                evidence: failed.map((one) => `${one.kind} ${one.address}: ${one.failure?.message ?? ''}`),
                remedy: 'Let the address lead to the NATS port itself, or renew the certificate.',
              }),
        );
      },
    },
    {
      ...base,
      id: 'broker-roundtrip',
      title: 'It answers on our link',
      needs: ['broker-ways'],
      run: () => {
        const { link } = evidence();
        if (link.roundTripMs === undefined) return Promise.resolve(skip('not measured yet'));
        return Promise.resolve(
          link.roundTripMs > 500
            ? warn(`slow: ${Math.round(link.roundTripMs)} ms`)
            : pass(
                `${link.roundTripMs < 1 ? '< 1' : Math.round(link.roundTripMs)} ms, NATS ${link.serverVersion ?? ''}`,
              ),
        );
      },
    },
    {
      ...base,
      id: 'broker-identity',
      title: 'It is this cluster’s Broker',
      needs: ['broker-ways'],
      run: () => {
        const { link } = evidence();
        return Promise.resolve(
          link.proof === 'proven'
            ? pass('proven')
            : link.proof === 'mismatch'
              ? fail('another cluster’s Broker answers at this address', {
                  remedy: 'Give each Broker an address of its own.',
                })
              : warn('not proven yet: no message has named its cluster'),
        );
      },
    },
    {
      ...base,
      id: 'broker-monitor',
      title: 'Its monitoring answers',
      needs: ['broker-ways'],
      run: () => {
        const monitor = seen(evidence().monitor);
        if ('blind' in monitor)
          return Promise.resolve(
            warn(monitor.blind.observed, {
              remedy: 'Only the monitoring port is missing; data can flow all the same.',
            }),
          );
        const one = monitor.value;
        const lines = one.clients.map(
          (client) =>
            `${client.name}${client.isOurs ? ' (this server)' : ''} ${client.address ?? ''}: ${client.subscriptions.join(', ') || 'no subscription'}; ${client.inMessages} in, ${client.outMessages} out`,
        );
        return Promise.resolve(
          one.slowConsumers > 0
            ? warn(`${one.slowConsumers} slow consumers`, { evidence: lines })
            : pass(`NATS ${one.version}, ${one.connections} connections`, { evidence: lines }),
        );
      },
    },
    {
      ...base,
      id: 'broker-health',
      title: 'It calls itself healthy',
      needs: ['broker-pods'],
      run: (signal) => askHealth(scene, signal),
    },
    {
      ...base,
      id: 'broker-subscription',
      title: 'Our subscription stands and is served',
      needs: ['broker-ways'],
      run: () => {
        const { link, monitor } = evidence();
        const ours = monitor.status === 'seen' ? monitor.value.clients.find((one) => one.isOurs) : undefined;
        if (ours !== undefined && !ours.subscriptions.some((one) => one.endsWith('.meshsync.core'))) {
          return Promise.resolve(fail('the Broker does not know our subscription', { remedy: 'Reconnect.' }));
        }
        if (link.lastMessageAt === undefined)
          return Promise.resolve(
            warn('no message has come yet', { evidence: link.subjects, remedy: 'Ask for a re-sync.' }),
          );
        return Promise.resolve(
          pass(`${link.messages} messages, the last at ${timeWords(link.lastMessageAt)}`, {
            evidence: Object.entries(link.messagesBySubject).map(
              ([subject, count]) => `${subject}: ${count}`,
            ),
          }),
        );
      },
    },
    {
      ...base,
      id: 'broker-namesakes',
      title: 'No other server uses our name',
      needs: ['broker-monitor'],
      run: () => {
        const { monitor } = evidence();
        if (monitor.status !== 'seen') return Promise.resolve(skip('the monitoring does not answer'));
        const others = monitor.value.clients.filter((one) => !one.isOurs && SERVER_NAMES.includes(one.name));
        return Promise.resolve(
          others.length === 0
            ? pass('none')
            : warn(
                `${others.length} more: ${others.map((one) => `${one.name} ${one.address ?? ''}`).join(', ')}`,
                { remedy: 'The old status check takes them for this server; ours does not.' },
              ),
        );
      },
    },
  ];
}
