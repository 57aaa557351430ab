import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';

/** A NATS server small enough for a test: greeting, token, ping, subscriptions, publishing, permissions. */
export interface FakeNats {
  readonly port: number;
  /** The client name of every connection that was let in. */
  readonly names: string[];
  /** While true, nothing is answered any more: the process hangs but its sockets stay open. */
  isFrozen: boolean;
  /** Ends every connection. */
  drop(): void;
  close(): Promise<void>;
}

const CRLF = '\r\n';

export async function startFakeNats(options: { token?: string; forbidden?: string } = {}): Promise<FakeNats> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    talk(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
  const fake: FakeNats = {
    port: (server.address() as AddressInfo).port,
    names: [],
    isFrozen: false,
    drop: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      fake.drop();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };

  function talk(socket: Socket): void {
    const info = {
      server_id: 'NFAKE',
      server_name: 'fake-broker',
      version: '2.9.10',
      proto: 1,
      headers: true,
      max_payload: 1_048_576,
      client_id: 42,
      auth_required: options.token !== undefined,
    };
    const subscriptions: { subject: string; id: string }[] = [];
    let rest = '';
    if (!fake.isFrozen) socket.write(`INFO ${JSON.stringify(info)}${CRLF}`);
    socket.on('data', (bytes) => {
      if (fake.isFrozen) return;
      rest += bytes.toString('latin1');
      for (let end = rest.indexOf(CRLF); end >= 0; end = rest.indexOf(CRLF)) {
        const [verb = '', ...words] = rest.slice(0, end).split(' ');
        if (verb === 'PUB') {
          const size = Number(words.at(-1));
          if (rest.length < end + 2 + size + 2) return;
          const body = rest.slice(end + 2, end + 2 + size);
          rest = rest.slice(end + 2 + size + 2);
          deliver(socket, subscriptions, words[0] ?? '', body);
          continue;
        }
        rest = rest.slice(end + 2);
        if (verb === 'PING') socket.write(`PONG${CRLF}`);
        if (verb === 'SUB') subscribe(socket, subscriptions, words);
        if (verb === 'CONNECT' && !admit(socket, words.join(' '))) return;
      }
    });
  }

  function admit(socket: Socket, text: string): boolean {
    const { auth_token: token, name } = JSON.parse(text) as { auth_token?: string; name: string };
    if (token !== options.token) {
      socket.end(`-ERR 'Authorization Violation'${CRLF}`);
      return false;
    }
    fake.names.push(name);
    return true;
  }

  function subscribe(
    socket: Socket,
    subscriptions: { subject: string; id: string }[],
    words: string[],
  ): void {
    const subject = words[0] ?? '';
    if (subject === options.forbidden) {
      socket.write(`-ERR 'Permissions Violation for Subscription to "${subject}"'${CRLF}`);
      return;
    }
    subscriptions.push({ subject, id: words.at(-1) ?? '' });
  }

  return fake;
}

function deliver(
  socket: Socket,
  subscriptions: { subject: string; id: string }[],
  subject: string,
  body: string,
): void {
  for (const { id } of subscriptions.filter((one) => one.subject === subject)) {
    socket.write(`MSG ${subject} ${id} ${body.length}${CRLF}${body}${CRLF}`, 'latin1');
  }
}
