import type { ConnectionView } from '../../../api/connection.ts';
import type { Finding } from '../../../api/diagnosis.ts';
import { useOperationOf } from '../../data/operations.ts';
import { RecheckNote } from '../operation/RecheckNote.tsx';
import '../operation/operation.css';
import { FindingDetail } from './FindingDetail.tsx';

/** The root cause first, what only follows from it folded under it, then the rest. */
export function FindingsTab({ connection }: { readonly connection: ConnectionView }) {
  const recheck = useOperationOf(connection.id)?.recheck;
  return (
    <>
      {recheck !== undefined && <RecheckNote recheck={recheck} />}
      <FindingList connection={connection} />
    </>
  );
}

interface FindingListProps {
  readonly connection: ConnectionView;
  /** Of a bundle: remedies are told, and nothing can be started. */
  readonly isReadOnly?: boolean;
}

/** The findings by themselves, live or of a bundle. */
export function FindingList({ connection, isReadOnly = false }: FindingListProps) {
  const { allFindings } = connection;
  if (allFindings.length === 0) {
    return <p>Nothing is found wrong. What was looked at is under Evidence.</p>;
  }
  const codes = new Set(allFindings.map(({ code }) => code));
  const symptomsOf = (code: string) => allFindings.filter(({ followsFrom }) => followsFrom === code);
  const isOnItsOwn = ({ followsFrom }: Finding) => followsFrom === undefined || !codes.has(followsFrom);
  return allFindings
    .filter(isOnItsOwn)
    .map((finding) => (
      <FindingDetail
        key={`${finding.code} ${finding.hop}`}
        connection={connection}
        finding={finding}
        symptoms={symptomsOf(finding.code)}
        isRoot={finding.code === connection.rootCause?.code}
        isReadOnly={isReadOnly}
      />
    ));
}
