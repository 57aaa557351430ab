import { type DragEvent, useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { PageTitle } from '../../ui/PageTitle.tsx';
import { BundleCard } from './BundleCard.tsx';
import { MakeBundle, RedactionList } from './MakeBundle.tsx';
import type { OpenBundle } from './read-bundle.ts';
import './bundle.css';

/** Far above any bundle we make; a wrong file must not freeze the page. */
const LARGEST_MB = 200;

/** Makes support bundles, and opens them again: read-only, without a server, with the same states and findings. */
export function BundlePage() {
  const [opened, setOpened] = useState<OpenBundle>();
  const [problem, setProblem] = useState<string>();
  const [isOver, setOver] = useState(false);

  const open = async (file: File | undefined) => {
    if (file === undefined) return;
    setProblem(undefined);
    try {
      if (file.size > LARGEST_MB * 1024 * 1024)
        throw new Error(`${file.name} is larger than ${LARGEST_MB} MB.`);
      const [{ readBundle }, text] = await Promise.all([import('./read-bundle.ts'), file.text()]);
      setOpened(readBundle(file.name, text));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void open(event.dataTransfer.files[0]);
  };

  return (
    <div className="page stack">
      <div className="page-head">
        <PageTitle>Support bundle</PageTitle>
      </div>
      {opened === undefined && <MakeBundle />}
      {opened === undefined && (
        <section
          className={isOver ? 'panel stack bundle-drop is-over' : 'panel stack bundle-drop'}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <h2>Open a bundle</h2>
          <p className="quiet">
            Drop its file here, or choose it. It is read in this browser and sent nowhere.
          </p>
          <label className="bundle-file">
            Bundle file
            <input
              type="file"
              accept=".json,application/json"
              onChange={(event) => void open(event.target.files?.[0])}
            />
          </label>
        </section>
      )}
      {problem !== undefined && (
        <div className="notice tone-broken" role="alert">
          <p>
            <b>{problem}</b>
          </p>
          <p>
            A bundle is the file that “Save it” here, or `meshplay-troubleshooter bundle --out`, has written.
          </p>
        </div>
      )}
      {opened !== undefined && <OpenedBundle opened={opened} onClose={() => setOpened(undefined)} />}
    </div>
  );
}

function OpenedBundle({ opened, onClose }: { readonly opened: OpenBundle; readonly onClose: () => void }) {
  const { bundle, connections, fileName } = opened;
  return (
    <>
      <div className="notice tone-attention row" role="status">
        <span style={{ color: 'var(--tone)' }}>
          <Icon name="bang" />
        </span>
        <span className="spread">
          <b>Read-only, taken at {new Date(bundle.takenAt).toLocaleString()}.</b> {fileName}, by version{' '}
          {bundle.product.version}. What you see is that moment, judged by the rules of this page.
        </span>
        <Button variant="outlined" onClick={onClose}>
          Close the bundle
        </Button>
      </div>
      {connections.length === 0 && <p>There was no connection when it was taken.</p>}
      {connections.map(({ view, bundled }) => (
        <BundleCard key={view.id} view={view} bundled={bundled} />
      ))}
      <section className="panel stack">
        <h2>What was taken out of it</h2>
        <RedactionList redactions={bundle.redactions} />
      </section>
    </>
  );
}
