import { setupWorker } from 'msw/browser';
import { createApiHandler } from './api-handler.ts';
import type { WorldMemory } from './offline-backend.ts';
import { NO_WORLD, startOfflineBackend } from './offline-backend.ts';

const WORLD_KEY = 'sandbox-world';

/**
 * Lets the page run alone: the whole product over a simulated world, in this very page, behind its service worker.
 * The world is that of `?world=`, else the one entered last, else the first. Throws where the browser has no service
 * worker for this page.
 */
export async function startMocks(): Promise<void> {
  const wished = new URLSearchParams(location.search).get('world');
  const backend = await startOfflineBackend(browserMemory(), wished, {
    info: () => undefined,
    warn: (fields, message) => console.warn(message, fields),
    error: (fields, message) => console.error(message, fields),
  });
  const worker = setupWorker(createApiHandler(backend.dispatch, backend.clock.uuid));
  await worker.start({ onUnhandledFrame: 'bypass', quiet: true });
}

function browserMemory(): WorldMemory {
  return {
    read: () => localStorage.getItem(WORLD_KEY),
    write: (world) => localStorage.setItem(WORLD_KEY, world ?? NO_WORLD),
  };
}
