/** `npm start`: the server, until it is told to stop. */
import { runServer } from './serve.ts';

// What it writes is about other people’s clusters: for its owner alone.
process.umask(0o077);
process.exit(await runServer(process.argv.slice(2), process.env));
