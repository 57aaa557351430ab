import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` without MSW and the journeys find the server's API. */
const SERVER = 'http://127.0.0.1:9081';

export default defineConfig(({ mode }) => ({
  plugins: [react()],
  define: { __OFFLINE__: JSON.stringify(mode === 'offline') },
  // The service worker belongs to the offline page alone; the server's page must not carry it.
  build: {
    outDir: mode === 'offline' ? 'dist/offline' : 'dist/page',
    emptyOutDir: true,
    manifest: true,
    target: 'es2023',
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
  },
}));
