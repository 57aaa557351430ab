import { CheckDrawer } from '../check/CheckDrawer.tsx';
import { BulkDialog } from './BulkDialog.tsx';
import { OperationDialog } from './OperationDialog.tsx';
import type { Work } from './work.ts';

interface WorkDialogProps {
  readonly work: Work;
  readonly onClose: () => void;
}

/** The dialog for what is being prepared or tested. */
export function WorkDialog({ work, onClose }: WorkDialogProps) {
  switch (work.kind) {
    case 'operation':
      return (
        <OperationDialog
          kind={work.operation}
          place={work.place}
          controllers={work.controllers}
          copyId={work.copyId}
          mends={work.mends}
          onClose={onClose}
        />
      );
    case 'check':
      return <CheckDrawer place={work.place} onClose={onClose} />;
    case 'bulk':
      return <BulkDialog kind={work.operation} places={work.places} onClose={onClose} />;
  }
}
