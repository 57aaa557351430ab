import { Skeleton } from './Skeleton.tsx';

const LINES = ['90%', '70%', '80%', '60%', '75%'];

/** A few lines in place of what is to come. */
export function ListSkeleton({ label }: { readonly label: string }) {
  return (
    <div role="status" aria-label={label}>
      {LINES.map((width) => (
        <Skeleton key={width} width={width} height={22} />
      ))}
    </div>
  );
}
