import type net from 'node:net';

/** Resolves with the socket once it is connected; destroys it when the signal says so. */
export function connected<S extends net.Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      socket.off(event, done);
      signal.removeEventListener('abort', abort);
    };
    const done = () => {
      settle();
      resolve(socket);
    };
    const abort = () => socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    socket.once(event, done);
    // Stays for the life of the socket: an idle socket that breaks must not end the process.
    socket.on('error', (error: Error) => {
      settle();
      reject(error);
    });
    socket.once('close', () => {
      settle();
      reject(Object.assign(new Error('closed before it was ready'), { code: 'ECONNRESET' }));
    });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
