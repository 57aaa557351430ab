/** Turns while something is under way; the words beside it or `label` say what. */
export function Spinner({ label, size = 14 }: { readonly label: string; readonly size?: number }) {
  return <span className="spinner" role="img" aria-label={label} style={{ width: size, height: size }} />;
}
