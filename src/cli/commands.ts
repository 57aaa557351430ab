import type { Command } from './command.ts';
import { bundleCommand } from './commands/bundle.ts';
import { completionCommand } from './commands/completion.ts';
import { connectionListCommand, connectionTest, connectionWatch } from './commands/connection.ts';
import { databaseResetCommand, databaseStatusCommand } from './commands/database.ts';
import { errorsCommand } from './commands/errors.ts';
import {
  kubeconfigAddCommand,
  kubeconfigPreviewCommand,
  kubeconfigRediscoverCommand,
} from './commands/kubeconfig.ts';
import { operationListCommand, operationStartCommand, operationWatch } from './commands/operation.ts';
import { serveCommand } from './commands/serve.ts';
import { systemCheck } from './commands/system-check.ts';
import { systemStatus } from './commands/system-status.ts';

/** Every command there is, in the order help shows them. */
export const commands: readonly Command[] = [
  systemStatus,
  systemCheck,
  connectionListCommand,
  connectionTest,
  connectionWatch,
  operationStartCommand,
  operationWatch,
  operationListCommand,
  databaseStatusCommand,
  databaseResetCommand,
  kubeconfigRediscoverCommand,
  kubeconfigPreviewCommand,
  kubeconfigAddCommand,
  bundleCommand,
  errorsCommand,
  serveCommand,
  completionCommand(() => commands),
];
