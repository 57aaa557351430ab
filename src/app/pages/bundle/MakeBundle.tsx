import { Button } from '../../ui/Button.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { ScrollArea } from '../../ui/ScrollArea.tsx';
import { useBundleDownload, useBundlePreview } from './bundle-queries.ts';

const KIND_WORDS = {
  'known-secret': 'known secrets',
  pem: 'keys and certificates',
  'secret-data': 'values of Secrets',
  token: 'tokens',
  userinfo: 'logins in addresses',
  password: 'passwords',
  'long-value': 'long opaque values',
  email: 'e-mail addresses',
} as const;

/** What leaves is shown first; then it can be saved. */
export function MakeBundle() {
  const preview = useBundlePreview();
  const download = useBundleDownload();
  const { data } = preview;
  const error = preview.error ?? download.error;
  return (
    <section className="panel stack">
      <h2>Make a bundle</h2>
      <p className="quiet">
        Evidence, states, findings, tests, logs, operations and events of every connection, in one file.
        Secrets are taken out before it leaves.
      </p>
      <div className="row">
        <Button variant="outlined" disabled={preview.isPending} onClick={() => preview.mutate()}>
          See what it holds
        </Button>
        <Button
          variant="contained"
          tint="primary"
          disabled={data === undefined || download.isPending}
          title={data === undefined ? 'See first what it holds' : undefined}
          onClick={() => download.mutate()}
        >
          Save it
        </Button>
        <span role="status" className="small quiet">
          {download.isPending && 'Collecting…'}
          {download.data !== undefined && `Saved as ${download.data}`}
        </span>
      </div>
      {preview.isPending && <ListSkeleton label="Collecting what the bundle would hold" />}
      {error !== null && (
        <ErrorState what="The bundle could not be made." error={error} onRetry={() => preview.mutate()} />
      )}
      {data !== undefined && (
        <>
          <ScrollArea label="What the bundle holds">
            <table className="bundle-table">
              <caption className="sr-only">What the bundle holds</caption>
              <thead>
                <tr>
                  <th scope="col">Part</th>
                  <th scope="col">Items</th>
                  <th scope="col">Size</th>
                </tr>
              </thead>
              <tbody>
                {data.parts.map(({ part, items, sizeBytes }) => (
                  <tr key={part}>
                    <th scope="row">{part}</th>
                    <td>{items}</td>
                    <td>{(sizeBytes / 1024).toFixed(1)} kB</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollArea>
          <h3>Taken out before it leaves</h3>
          <RedactionList redactions={data.redactions} />
          {data.notRead.length > 0 && (
            <>
              <h3>Not read</h3>
              <ul>
                {data.notRead.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </section>
  );
}

interface RedactionListProps {
  readonly redactions: readonly {
    readonly part: string;
    readonly kind: keyof typeof KIND_WORDS;
    readonly count: number;
  }[];
}

/** The ledger: from which part how much of which kind was taken out. */
export function RedactionList({ redactions }: RedactionListProps) {
  if (redactions.length === 0) return <p>Nothing: no secret was found in it.</p>;
  return (
    <ul>
      {redactions.map(({ part, kind, count }) => (
        <li key={`${part} ${kind}`}>
          {part}: {count} × {KIND_WORDS[kind]}
        </li>
      ))}
    </ul>
  );
}
