import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { ApiError } from '../../api/errors.ts';
import { COMMON_HEADERS } from './security-headers.ts';

/**
 * Answers what is not a whole HTTP request, which no route ever sees: cut off in the middle, too slow, not HTTP.
 * Like every other error it is told in the contract’s own shape. Node’s codes: https://nodejs.org/api/http.html#event-clienterror
 */
export function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  // The other side has gone, or an answer is already on its way: nobody to tell, or a second answer in the first.
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const { status, told } = explain(error.code);
  const body = JSON.stringify(told.toBody(randomUUID()));
  const headers = {
    ...COMMON_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${head.join('')}\r\n${body}`);
}

function explain(code: string | undefined): { readonly status: string; readonly told: ApiError } {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: '408 Request Timeout',
        told: new ApiError('invalid-request', 'The request did not arrive whole in time.', {
          remedy: 'Send it again; if that does not help, look at what stands between you and this server.',
        }),
      };
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: '431 Request Header Fields Too Large',
        told: new ApiError('too-large', 'The headers of the request are too large.', {
          remedy: 'Delete the cookies kept for this address, or send fewer headers.',
        }),
      };
    default:
      return {
        status: '400 Bad Request',
        told: new ApiError('invalid-request', 'What arrived is not an HTTP request.', {
          remedy: 'This server speaks plain HTTP/1.1: check that the address does not begin with https.',
        }),
      };
  }
}
