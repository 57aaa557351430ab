import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ByteStream } from '../../services/ports.ts';
import { openLoopback } from './loopback.ts';

const run = promisify(execFile);

/** Sends back what is written, in brackets. */
function echo(): ByteStream & { isClosed: boolean } {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const transform = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => controller.enqueue(encoder.encode(`[${decoder.decode(chunk)}]`)),
  });
  const stream = {
    readable: transform.readable,
    writable: transform.writable,
    isClosed: false,
    close: () => {
      stream.isClosed = true;
    },
  };
  return stream;
}

/** What another program hears when it dials the port and speaks first. */
async function strangerHears(port: number): Promise<string> {
  const script = `
    const socket = require('node:net').connect({ host: '127.0.0.1', port: ${port} });
    socket.on('connect', () => socket.write('stranger'));
    socket.on('data', (bytes) => process.stdout.write('heard ' + bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => process.stdout.write('closed'));
  `;
  const { stdout } = await run(process.execPath, ['-e', script], { timeout: 60_000 });
  return stdout;
}

describe('openLoopback', () => {
  it('lets nobody in but a socket of this process, whoever comes first', async () => {
    const stream = echo();
    const door = await openLoopback(stream);
    const stranger = strangerHears(door.port);
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });

    const socket = connect({ host: '127.0.0.1', port: door.port });
    socket.write('ours');
    const heard = await new Promise<string>((resolve, reject) => {
      socket.once('data', (bytes) => resolve(bytes.toString()));
      socket.once('error', reject);
    });
    expect(heard).toBe('[ours]');
    expect(await stranger).toBe('closed');
    expect(await strangerHears(door.port)).toBe('closed');

    const ended = new Promise((resolve) => {
      socket.once('close', resolve);
    });
    door.close();
    await ended;
    expect(stream.isClosed).toBe(true);
  });

  it('turns away who waits when it closes', async () => {
    const door = await openLoopback(echo());
    const stranger = strangerHears(door.port);
    setTimeout(door.close, 300);
    expect(await stranger).toBe('closed');
  });
});
