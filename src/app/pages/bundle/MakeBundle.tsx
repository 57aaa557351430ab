import { navigate } from '../../navigation.ts';
import { paths } from '../../paths.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { ScrollArea } from '../../ui/ScrollArea.tsx';
import { RedactionList } from './RedactionList.tsx';
import { useBundleDownload, useBundlePreview } from './bundle-queries.ts';

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
        {data !== undefined && (
          <Button variant="outlined" onClick={() => navigate(paths.settings({ bundle: '/api/bundle' }))}>
            Look at it here
          </Button>
        )}
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
                    <td>{items === 0 ? 'none' : items}</td>
                    <td>{items > 0 && `${(sizeBytes / 1024).toFixed(1)} kB`}</td>
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
