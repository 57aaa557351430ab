import { createClient } from '../../client/client.ts';

/** The page's one way to the server. `fetch` is looked up at each call, so that tests and MSW may replace it. */
export const client = createClient({
  baseUrl: '',
  fetch: (url, init) => globalThis.fetch(url, init),
  actor: 'page',
});
