import { useMutation } from '@tanstack/react-query';
import { client } from '../../data/client.ts';

/** What a bundle taken now would hold; nothing is asked for until somebody wants to know. */
export function useBundlePreview() {
  return useMutation({ mutationFn: () => client.call('bundlePreview', { query: {} }) });
}

/** Takes a bundle and hands it to the browser as a file. */
export function useBundleDownload() {
  return useMutation({
    mutationFn: async () => {
      const bundle = await client.call('bundleDownload', { query: {} });
      const name = `meshplay-bundle-${bundle.takenAt.replace(/[:.]/g, '-')}.json`;
      const url = URL.createObjectURL(new Blob([JSON.stringify(bundle)], { type: 'application/json' }));
      const anchor = document.createElement('a');
      anchor.href = url;
      anchor.download = name;
      anchor.click();
      URL.revokeObjectURL(url);
      return name;
    },
  });
}
