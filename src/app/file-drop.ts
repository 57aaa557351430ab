import { useEffect } from 'react';

/**
 * Takes a support bundle dropped anywhere on the page. Places of their own, such as that for kubeconfigs, take theirs
 * first. Without this the browser would leave the page and show the file.
 */
export function useFileDrop(): void {
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      const file = event.dataTransfer?.files[0];
      if (event.defaultPrevented || file === undefined) return;
      event.preventDefault();
      void import('./pages/bundle/open-bundle.ts').then(({ openDroppedFile }) => openDroppedFile(file));
    };
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, []);
}
