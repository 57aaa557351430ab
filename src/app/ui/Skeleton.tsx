/** A grey shape in place of what is to come. */
export function Skeleton({
  width = '100%',
  height = 20,
}: {
  readonly width?: string;
  readonly height?: number;
}) {
  return <div className="skeleton" style={{ width, height }} />;
}
