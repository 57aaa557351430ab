import { Button } from '../../ui/Button.tsx';
import { type Place, work } from '../operation/work.ts';

/** Opens the dialog that removes a cluster's rows and asks MeshSync for everything again. */
export function FlushButton({ connection }: { readonly connection: Place & { readonly id: string } }) {
  const { id, name } = connection;
  return (
    <Button
      variant="outlined"
      onClick={() => work.set({ kind: 'operation', operation: 'flush', place: { id, name } })}
    >
      Flush and re-sync
    </Button>
  );
}
