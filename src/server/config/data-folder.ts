import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of `state.db` and `cache.db` unless a flag names another; apart, so that the command line can ask for it quickly. */
export function dataFolderOf(env: Readonly<Record<string, string | undefined>>): string {
  return env['MESHPLAY_DATA_DIR'] ?? join(homedir(), '.meshplay-troubleshooter');
}
