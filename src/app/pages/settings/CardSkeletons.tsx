import { Skeleton } from '../../ui/Skeleton.tsx';

const PLACES = ['first', 'second', 'third', 'fourth'];

/** The shape of what is to come. */
export function CardSkeletons() {
  return (
    <div className="grid" role="status" aria-label="Loading the connections">
      {PLACES.map((place) => (
        <div key={place} className="panel stack" aria-hidden>
          <Skeleton width="40%" height={28} />
          <Skeleton width="70%" />
          <Skeleton height={64} />
          <Skeleton height={90} />
        </div>
      ))}
    </div>
  );
}
