import { Bundle } from '../api/bundle.ts';
import type { ConnectionView } from '../api/connection.ts';
import { judgeBundle } from '../core/bundle/open.ts';
import { type CommandContext, UsageError } from './command.ts';

/** Reads a bundle and judges it by the rules of this program. Throws `UsageError` when the file is not one. */
export async function openBundleFile(
  context: Pick<CommandContext, 'readText'>,
  path: string,
): Promise<{ bundle: Bundle; connections: ConnectionView[] }> {
  let given: unknown;
  try {
    given = JSON.parse(await context.readText(path));
  } catch (error) {
    throw new UsageError(
      `${path} cannot be read as a bundle: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const parsed = Bundle.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UsageError(
      `${path} is not a bundle this version reads: ${issue?.path.map(String).join('.') ?? ''} ${issue?.message ?? ''}`.trim(),
    );
  }
  return { bundle: parsed.data, connections: judgeBundle(parsed.data) };
}
