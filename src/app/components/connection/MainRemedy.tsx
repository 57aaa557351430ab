import { useQueryClient } from '@tanstack/react-query';
import { Button } from '../../ui/Button.tsx';
import type { ConnectionSummary } from '../../../api/connection.ts';
import type { Finding } from '../../../api/diagnosis.ts';
import { navigate, setSearch } from '../../navigation.ts';
import { OperationRemedy } from '../operation/OperationRemedy.tsx';
import { isOperationKind } from '../operation/operation-words.ts';
import { paths } from '../../paths.ts';
import { refresh } from './card-actions.ts';

interface MainRemedyProps {
  readonly connection: ConnectionSummary;
  readonly finding: Finding;
}

/** The first remedy this page can carry out or lead to, as a button. */
export function MainRemedy({ connection, finding }: MainRemedyProps) {
  const cache = useQueryClient();
  for (const remedy of finding.remedies) {
    switch (remedy.kind) {
      case 'link': {
        const { path } = remedy;
        if (!path.startsWith('/')) continue;
        return (
          <Button variant="contained" tint="primary" onClick={() => navigate(path)}>
            {remedy.label}
          </Button>
        );
      }
      case 'command':
        // The server does not run it: the points say that more comes, and the drawer shows what to type.
        return (
          <Button
            variant="contained"
            tint="primary"
            onClick={() => setSearch({ open: connection.id, tab: 'findings' })}
          >
            {remedy.label}…
          </Button>
        );
      case 'operation':
        if (isOperationKind(remedy.operation)) {
          return (
            <OperationRemedy
              connection={connection}
              remedy={remedy}
              kind={remedy.operation}
              finding={finding.code}
              isMain
            />
          );
        }
        if (remedy.operation === 'retry-connection') {
          return (
            <Button variant="outlined" onClick={() => void refresh(connection, cache)}>
              {remedy.label}
            </Button>
          );
        }
        if (remedy.operation === 'replace-credentials') {
          return (
            <Button variant="contained" tint="primary" onClick={() => navigate(paths.kubeconfigs())}>
              {remedy.label}
            </Button>
          );
        }
        continue;
    }
  }
  return null;
}
