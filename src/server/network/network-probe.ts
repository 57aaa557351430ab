import { connect } from 'node:net';
import type { NetworkProbe } from '../../services/ports.ts';
import { fromTransport } from '../kubernetes/failure.ts';
import { connected } from '../kubernetes/socket-ready.ts';

/** TCP by Node itself. */
export function createNetworkProbe(): NetworkProbe {
  return {
    async dial(host, port, signal) {
      const startedMs = performance.now();
      const socket = connect({ host, port });
      try {
        await connected(socket, 'connect', signal);
        return performance.now() - startedMs;
      } catch (error) {
        throw fromTransport(error, `${host}:${port}`);
      } finally {
        socket.destroy();
      }
    },
  };
}
