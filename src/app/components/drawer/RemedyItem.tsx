import type { ConnectionSummary } from '../../../api/connection.ts';
import type { Remedy } from '../../../api/diagnosis.ts';
import { CopyCommand } from '../../ui/CopyCommand.tsx';
import { Link } from '../../ui/Link.tsx';
import { OperationRemedy } from '../operation/OperationRemedy.tsx';
import { isOperationKind } from '../operation/operation-words.ts';

interface RemedyItemProps {
  readonly connection: ConnectionSummary;
  readonly remedy: Remedy;
  /** Code of the finding it belongs to. */
  readonly finding: string;
  readonly isMain: boolean;
}

/** One thing to do: a command to run, a place to go, or an operation the server carries out. */
export function RemedyItem({ connection, remedy, finding, isMain }: RemedyItemProps) {
  switch (remedy.kind) {
    case 'command':
      return (
        <>
          <p>{remedy.label}</p>
          <CopyCommand command={remedy.command} />
        </>
      );
    case 'link':
      return <Link href={remedy.path}>{remedy.label}</Link>;
    case 'operation':
      return isOperationKind(remedy.operation) ? (
        <OperationRemedy
          connection={connection}
          remedy={remedy}
          kind={remedy.operation}
          finding={finding}
          isMain={isMain}
        />
      ) : (
        <p>{remedy.label}</p>
      );
  }
}
