import type { ByteStream } from '../../services/ports.ts';
import type { Proof } from './credentials.ts';
import type { Dialler } from './dialler.ts';
import { clusterError, fromTransport, withoutSecrets } from './failure.ts';
import { fromStatus } from './reply.ts';
import type { Subject } from './reply.ts';
import { openWebSocket } from './websocket.ts';
import type { WebSocketConnection } from './websocket.ts';

/**
 * Subprotocols of the kubelet and of the API server: one channel byte before each message, 0 data and 1 error.
 * v5 adds channel 255, which says that a channel ends. Source: kubernetes, pkg/cri/streaming/portforward/websocket.go.
 */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const DATA = 0;
const ERROR = 1;
const CLOSE = 255;

export interface ForwardOptions {
  readonly dialler: Dialler;
  readonly path: string;
  readonly port: number;
  readonly proof: Proof;
  readonly subject: Subject;
  /** For the whole opening, behind the time to connect. */
  readonly openMs: number;
  readonly signal: AbortSignal | undefined;
  /** Called once the stream has ended, by whom ever. */
  readonly onClosed: () => void;
}

/**
 * Opens one connection to a port of a pod. Resolves when the kubelet has confirmed both channels; whether the port
 * answers is known only later, and then reading fails with kind `refused`. Throws `ClusterError`.
 */
export async function openPortForward(options: ForwardOptions): Promise<ByteStream> {
  const { dialler, proof, subject } = options;
  options.signal?.throwIfAborted();
  // A connection of its own, with HTTP/1.1: no API server upgrades a stream of HTTP/2.
  const socket = await dialler.dial({ certificate: proof.certificate, isHttp2Offered: false });
  let why: Error | undefined;
  const stop = (reason: Error) => {
    why ??= reason;
    socket.destroy(reason);
  };
  const timer = setTimeout(
    () =>
      stop(
        clusterError(
          'timeout',
          `${dialler.host} did not open port ${options.port} of the pod in time (${subject.words}).`,
        ),
      ),
    options.openMs,
  );
  const abort = () =>
    stop(
      options.signal?.reason instanceof Error
        ? options.signal.reason
        : new DOMException('aborted', 'AbortError'),
    );
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    if (options.signal?.aborted === true) abort();
    const opening = await openWebSocket(socket, {
      host: dialler.host,
      path: options.path,
      headers: proof.headers,
      protocols: PROTOCOLS,
    });
    if (opening.status === 'refused')
      throw fromStatus(opening.httpStatus, opening.body, subject, proof.secrets);
    const early = await confirmed(opening.connection, options);
    return streamOn(opening.connection, early, options);
  } catch (error) {
    socket.destroy();
    throw fromTransport(why ?? error, dialler.host);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
  }
}

/** Waits for the first message of each channel, which repeats the port as two little-endian bytes. */
async function confirmed(connection: WebSocketConnection, options: ForwardOptions): Promise<Buffer[]> {
  const waiting = new Set([DATA, ERROR]);
  const early: Buffer[] = [];
  while (waiting.size > 0) {
    const next = await connection.messages.next();
    if (next.done === true) throw portFailure('the connection was closed at once', options);
    const [channel = CLOSE] = next.value;
    if (waiting.delete(channel)) {
      const port = next.value.length === 3 ? next.value.readUInt16LE(1) : -1;
      if (port !== options.port) {
        throw clusterError(
          'protocol',
          `${options.dialler.host} forwarded another port than the one asked for (${options.subject.words}).`,
        );
      }
    } else early.push(next.value);
  }
  return early;
}

function streamOn(connection: WebSocketConnection, early: Buffer[], options: ForwardOptions): ByteStream {
  let isClosed = false;
  const close = () => {
    isClosed = true;
    connection.close();
    options.onClosed();
  };

  /** The next bytes of the data channel; undefined at the end. */
  async function nextData(): Promise<Uint8Array | undefined> {
    for (;;) {
      const held = early.shift();
      const message = held ?? (await connection.messages.next()).value;
      if (message === undefined) return undefined;
      const [channel] = message;
      if (channel === DATA && message.length > 1) return new Uint8Array(message.subarray(1));
      if (channel === ERROR && message.length > 1)
        throw portFailure(message.subarray(1).toString('utf8'), options);
      if (channel === CLOSE && message[1] === DATA) return undefined;
    }
  }

  return {
    readable: new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            const data = isClosed ? undefined : await nextData();
            if (data !== undefined) {
              controller.enqueue(data);
              return;
            }
            close();
            controller.close();
          } catch (error) {
            const wasClosed = isClosed;
            close();
            // What breaks after our own close is the close.
            if (wasClosed) controller.close();
            else controller.error(fromTransport(error, options.dialler.host));
          }
        },
        cancel: close,
      },
      { highWaterMark: 0 },
    ),
    writable: new WritableStream<Uint8Array>({
      async write(chunk) {
        const message = new Uint8Array(chunk.length + 1);
        message[0] = DATA;
        message.set(chunk, 1);
        try {
          await connection.send(message);
        } catch (error) {
          throw fromTransport(error, options.dialler.host);
        }
      },
      async close() {
        // Before v5 a half cannot be closed alone, and closing the whole would cut the answer off.
        if (connection.protocol === PROTOCOLS[0] && !isClosed)
          await connection.send(Uint8Array.of(CLOSE, DATA));
      },
      abort: close,
    }),
    close,
  };
}

function portFailure(said: string, options: ForwardOptions): Error {
  const words = withoutSecrets(said, options.proof.secrets);
  return clusterError(
    'refused',
    `Port ${options.port} of the pod could not be reached through ${options.dialler.host}: ${words}.`,
  );
}
