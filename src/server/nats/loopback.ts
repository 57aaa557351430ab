import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ByteStream } from '../../services/ports.ts';

/** Published by Node for every outgoing TCP socket of this process: https://nodejs.org/api/diagnostics_channel.html */
const CLIENT_SOCKETS = 'net.client.socket';

/** A door of one session: a loopback port behind which one stream lies. */
export interface Loopback {
  readonly port: number;
  close(): void;
}

/**
 * Opens a port on 127.0.0.1 that leads one connection of this very process into `stream`, and closes after it.
 * Any other program may dial the port first, so nothing is read or written until a socket this process opened turns
 * out to be the far end; all other connections are dropped unheard.
 */
export async function openLoopback(stream: ByteStream): Promise<Loopback> {
  const waiting = new Map<number, Socket>();
  const ourPorts = new Set<number>();
  let accepted: Socket | undefined;

  const server = createServer({ pauseOnConnect: true }, (socket) => {
    const port = socket.remotePort ?? 0;
    // Dropped by its own end before it was let in: of no interest.
    socket.on('error', () => undefined);
    if (ourPorts.has(port)) admit(socket);
    else waiting.set(port, socket);
  });
  const admit = (socket: Socket) => {
    accepted = socket;
    waiting.delete(socket.remotePort ?? 0);
    stopListening();
    void carry(socket, stream);
  };
  const stopListening = () => {
    unsubscribe(CLIENT_SOCKETS, remember);
    server.close();
    for (const stranger of waiting.values()) stranger.destroy();
    waiting.clear();
  };
  const remember = (message: unknown) => {
    const socket = socketOf(message);
    socket?.once('connect', () => {
      if (accepted !== undefined || socket.remotePort !== door.port || socket.localPort === undefined) return;
      const arrived = waiting.get(socket.localPort);
      if (arrived === undefined) ourPorts.add(socket.localPort);
      else admit(arrived);
    });
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
  const address = server.address();
  const door = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close() {
      stopListening();
      accepted?.destroy();
      stream.close();
    },
  };
  subscribe(CLIENT_SOCKETS, remember);
  return door;
}

/** Carries bytes both ways until either side ends. */
async function carry(socket: Socket, stream: ByteStream): Promise<void> {
  socket.setNoDelay(true);
  try {
    const far = Duplex.fromWeb(stream);
    await pipeline(socket, far, socket);
  } catch {
    // However it ended, the NATS client sees its socket close and tells the reason it knows.
  } finally {
    socket.destroy();
    stream.close();
  }
}

function socketOf(message: unknown): Socket | undefined {
  if (typeof message !== 'object' || message === null || !('socket' in message)) return undefined;
  const { socket } = message;
  return socket instanceof Object && 'localPort' in socket ? (socket as Socket) : undefined;
}
