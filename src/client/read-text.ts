import { ClientError, errorOf } from './client-error.ts';

export interface ReadTextOptions {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Longer texts are given up while they are read. */
  readonly limitBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Reads a text of this page’s own origin, without following it elsewhere. Throws `ClientError`: `too-large` above the
 * limit, what the server said, or `no-answer`; and the reason of `signal` when that aborts.
 */
export async function readText(url: string, options: ReadTextOptions): Promise<string> {
  const { limitBytes, signal } = options;
  let response: Response;
  try {
    // A redirect could lead to another origin; none is followed.
    response = await options.fetch(url, { signal, redirect: 'error', credentials: 'same-origin' });
  } catch (cause) {
    signal.throwIfAborted();
    throw new ClientError('no-answer', 'The server does not answer, or sends elsewhere.', {
      remedy: 'Save the file and open it from this machine.',
      cause,
    });
  }
  if (!response.ok) throw await errorOf(response);
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > limitBytes) {
        throw new ClientError('too-large', `It is larger than ${Math.floor(limitBytes / 1_048_576)} MB.`, {
          remedy: 'Make a bundle of one connection, or without logs.',
        });
      }
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => undefined); // ended already, or refused: nothing more is wanted of it
  }
}
