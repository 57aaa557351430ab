import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import type { Plugin, UserConfig } from 'vite';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` without MSW and the journeys find the server's API. */
const SERVER = 'http://127.0.0.1:9081';

/** What the published command line and server are made of. */
const PROGRAM_ROOMS = ['api', 'cli', 'client', 'core', 'sandbox', 'server', 'services'];

/** The program shares its folder with the page, so only its own rooms are emptied: nothing stale is published. */
function emptyProgramRooms(): Plugin {
  let outDir = '';
  return {
    name: 'empty-program-rooms',
    configResolved: (config) => {
      outDir = resolve(config.root, config.build.outDir);
    },
    buildStart: () => {
      for (const room of PROGRAM_ROOMS) rmSync(resolve(outDir, room), { recursive: true, force: true });
    },
  };
}

/**
 * Command line and server for publishing, because Node strips no types inside `node_modules`. Every module stays a
 * file at its place, so that what is found by URL (the threads, the page, package.json) is found as in the source.
 */
const program = {
  plugins: [emptyProgramRooms()],
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'dist',
    emptyOutDir: false,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      input: ['src/cli/bin.ts', 'src/server/storage/reader-worker.ts', 'src/server/storage/writer-worker.ts'],
      output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
    },
  },
} satisfies UserConfig;

/** The service worker belongs to the offline page alone, and Vite copies the whole public folder. */
function withoutServiceWorker(): Plugin {
  let outDir = '';
  return {
    name: 'without-service-worker',
    apply: 'build',
    configResolved: (config) => {
      outDir = resolve(config.root, config.build.outDir);
    },
    closeBundle: () => rmSync(resolve(outDir, 'mockServiceWorker.js'), { force: true }),
  };
}

const page = defineConfig(({ mode }) => ({
  plugins: mode === 'offline' ? [react()] : [react(), withoutServiceWorker()],
  define: { __OFFLINE__: JSON.stringify(mode === 'offline') },
  build: {
    outDir: mode === 'offline' ? 'dist/offline' : 'dist/page',
    emptyOutDir: true,
    manifest: true,
    target: 'es2023',
    // The first screen in one file: cut into thirty by what lazy parts share with it, it is 11 kB larger.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } } },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
    proxy: mode === 'offline' ? {} : { '/api': SERVER },
  },
  preview: { host: '127.0.0.1', port: 4173, strictPort: true },
  test: {
    include: ['src/**/*.spec.ts', 'src/**/*.spec.tsx', 'e2e/security/*.spec.ts', 'e2e/run/*.spec.ts'],
    environment: 'node',
    restoreMocks: true,
    testTimeout: 20_000,
    // One for each core: many of them wait for programs they started, and Vitest would leave a core for its watcher.
    maxWorkers: '100%',
  },
}));

export default defineConfig((env) => (env.mode === 'program' ? program : page(env)));
