import type { Failure } from '../../api/evidence.ts';
import { BrokerError } from '../ports.ts';
import type { BrokerConnector, BrokerSession, Route } from '../ports.ts';

/** How an address behaves when it is dialled. */
export type Answer = 'answers' | 'refuses' | 'black-hole' | 'wants-token';

export interface FakeSession extends BrokerSession {
  readonly published: { subject: string; body: Uint8Array }[];
  readonly isOpen: () => boolean;
  deliver(subject: string, body: string): void;
  end(failure: Failure): void;
  isDeaf: boolean;
}

/** Brokers by address; a forwarded port is the address of its label. */
export class FakeBrokers implements BrokerConnector {
  readonly answers = new Map<string, Answer>();
  readonly serverIds = new Map<string, string>();
  readonly sessions: FakeSession[] = [];
  readonly dialled: string[] = [];
  token: string | undefined;
  connz: unknown = { total: 0, connections: [] };

  async connect(
    options: { route: Route; token?: string | undefined; name: string; timeoutMs: number },
    signal?: AbortSignal,
  ): Promise<BrokerSession> {
    const address = addressOf(options.route);
    this.dialled.push(address);
    await this.#gate(address, signal);
    if (this.answers.get(address) === 'wants-token' && options.token !== this.token) {
      throw new BrokerError({ kind: 'auth', message: 'Authorization Violation' });
    }
    const session = createSession(this.serverIds.get(address) ?? 'SERVER-ONE', this.sessions.length + 1);
    this.sessions.push(session);
    return session;
  }

  async monitor(
    options: { route: Route; path: string; timeoutMs: number },
    signal?: AbortSignal,
  ): Promise<unknown> {
    const address = addressOf(options.route);
    await this.#gate(address, signal);
    if (options.path.startsWith('/connz')) return this.connz;
    return {
      server_id: this.serverIds.get(address) ?? 'SERVER-ONE',
      server_name: 'meshery-nats-0',
      version: '2.14.2',
      connections: 2,
    };
  }

  /** The session that is open, the newest if there are several. */
  open(): FakeSession | undefined {
    return this.sessions.findLast((session) => session.isOpen());
  }

  async #gate(address: string, signal?: AbortSignal): Promise<void> {
    const answer = this.answers.get(address) ?? 'refuses';
    if (answer === 'refuses') throw new BrokerError({ kind: 'refused', message: `${address} refused` });
    if (answer !== 'black-hole') return;
    await new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }
}

function addressOf(route: Route): string {
  return route.kind === 'address' ? `${route.host}:${route.port}` : route.label;
}

function createSession(serverId: string, clientId: number): FakeSession {
  const subscribers = new Map<string, (subject: string, body: Uint8Array) => void>();
  const published: { subject: string; body: Uint8Array }[] = [];
  let isOpen = true;
  let finish: (failure: Failure | undefined) => void = () => {};
  const closed = new Promise<Failure | undefined>((resolve) => {
    finish = (failure) => {
      isOpen = false;
      resolve(failure);
    };
  });
  const session: FakeSession = {
    info: {
      serverId,
      serverName: 'meshery-nats-0',
      version: '2.14.2',
      isAuthRequired: false,
      maxPayload: 1_048_576,
      clientId,
    },
    closed,
    published,
    isDeaf: false,
    isOpen: () => isOpen,
    subscribe: (subject, onMessage) => void subscribers.set(subject, onMessage),
    publish: (subject, body) => void published.push({ subject, body }),
    deliver: (subject, body) => subscribers.get(subject)?.(subject, new TextEncoder().encode(body)),
    end: (failure) => finish(failure),
    roundTrip: () =>
      session.isDeaf
        ? Promise.reject(new BrokerError({ kind: 'timeout', message: 'no PONG' }))
        : Promise.resolve(0.4),
    close: () => {
      finish(undefined);
      return Promise.resolve();
    },
  };
  return session;
}
