import { paths } from '../../paths.ts';
import { Link } from '../../ui/Link.tsx';

/** Error codes of either family, as they stand in messages. */
const CODES =
  /\b(MT-[KOMBSD]-\d{2}|(?:meshery|meshplay)-(?:server|operator|meshsync|meshkit)-\d+|(?:meshsync|meshkit|mesheryctl|meshplayctl)-\d+)\b/;

/** A message; each error code in it is a link to what is known of it. */
export function CodeText({ text }: { readonly text: string }) {
  let from = 0;
  // Split by a pattern with one group, every second part is a code.
  return text.split(CODES).map((part, index) => {
    const at = from;
    from += part.length;
    return index % 2 === 0 ? (
      part
    ) : (
      <Link key={at} href={paths.errors(part)}>
        {part}
      </Link>
    );
  });
}
