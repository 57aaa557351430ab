import { type DragEvent, useState } from 'react';
import { PageTitle } from '../../ui/PageTitle.tsx';
import { MakeBundle } from './MakeBundle.tsx';
import { openBundleFile } from './open-bundle.ts';
import './bundle.css';

/** Makes support bundles, and opens them again: in the page of the connections, read-only, without a server. */
export function BundlePage() {
  const [problem, setProblem] = useState<string>();
  const [isOver, setOver] = useState(false);

  const open = async (file: File | undefined) => {
    if (file === undefined) return;
    setProblem(undefined);
    try {
      await openBundleFile(file);
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
      <MakeBundle />
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
          Drop its file here (or anywhere on the page), or choose it. It is read in this browser and sent
          nowhere; it is kept here until it is closed.
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
    </div>
  );
}
