import { isIPv6 } from 'node:net';
import { BrokerError } from '../../services/ports.ts';

const HOST_NAME = /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?$/;
const HIGHEST_PORT = 65_535;

/**
 * `host:port` as the NATS client takes it. Hosts come from the status of a cluster’s objects, so anything that is
 * neither a name nor an address is refused: it could be read as a URL with another scheme. Throws `BrokerError`.
 */
export function addressOf(host: string, port: number): string {
  const isHost = isIPv6(host) || HOST_NAME.test(host);
  if (!isHost || !Number.isInteger(port) || port < 1 || port > HIGHEST_PORT) {
    const message = `“${host.slice(0, 100)}”, port ${port}, is not an address that can be dialled.`;
    throw new BrokerError({ kind: 'invalid-config', message });
  }
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
