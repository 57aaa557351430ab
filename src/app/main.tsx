import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { createQueryClient } from './data/queries.ts';
import { COLOR_MODE_KEY, theme } from './theme/theme.ts';
import './theme/base.css';

async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no element with the id root');
  if (__OFFLINE__) {
    const { startMocks } = await import('../mocks/start-mocks.ts');
    await startMocks();
  }
  createRoot(root).render(
    <StrictMode>
      <ThemeProvider theme={theme} defaultMode="system" modeStorageKey={COLOR_MODE_KEY} noSsr>
        <CssBaseline enableColorScheme />
        <QueryClientProvider client={createQueryClient()}>
          <App />
        </QueryClientProvider>
      </ThemeProvider>
    </StrictMode>,
  );
}

start().catch((error: unknown) => {
  // Only a browser that forbids service workers to the offline page comes here: there is nothing to render with yet.
  document.body.textContent = `The page could not start: ${error instanceof Error ? error.message : String(error)}`;
  throw error;
});
