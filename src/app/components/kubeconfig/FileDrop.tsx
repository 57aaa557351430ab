import { useId, useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { tooMuch, type UploadFile } from './upload.ts';
import './upload.css';

interface FileDropProps {
  readonly isMultiple: boolean;
  readonly onFiles: (files: UploadFile[]) => void;
}

/** Takes kubeconfigs by drag and drop, from the file picker, or pasted. */
export function FileDrop({ isMultiple, onFiles }: FileDropProps) {
  const id = useId();
  const [isOver, setOver] = useState(false);
  const [pasted, setPasted] = useState('');
  const [problem, setProblem] = useState<string>();
  const take = async (list: FileList | null) => {
    const files = [...(list ?? [])].slice(0, isMultiple ? undefined : 1);
    if (files.length === 0) return;
    const excess = tooMuch(files);
    setProblem(excess);
    if (excess !== undefined) return;
    try {
      onFiles(await Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() }))));
    } catch (error) {
      setProblem(`The file could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return (
    <div
      className={`drop ${isOver ? 'is-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files);
      }}
    >
      <label htmlFor={`${id}file`}>
        {isMultiple ? 'Drop kubeconfigs here, or choose files' : 'Drop a kubeconfig here, or choose a file'}
      </label>
      <input
        id={`${id}file`}
        type="file"
        multiple={isMultiple}
        onChange={(event) => void take(event.target.files)}
      />
      <label htmlFor={`${id}text`}>or paste one</label>
      <textarea
        id={`${id}text`}
        spellCheck={false}
        autoComplete="off"
        value={pasted}
        onChange={(event) => setPasted(event.target.value)}
      />
      <div>
        <Button
          variant="outlined"
          disabled={pasted.trim() === ''}
          onClick={() => onFiles([{ name: 'pasted', text: pasted }])}
        >
          Look at what was pasted
        </Button>
      </div>
      {problem !== undefined && <p role="alert">{problem}</p>}
    </div>
  );
}
