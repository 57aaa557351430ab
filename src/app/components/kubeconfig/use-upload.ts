import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ContextPreview } from '../../../api/kubeconfig-upload.ts';
import { client } from '../../data/client.ts';
import { notifyError } from '../../notify/notify.ts';
import { firstTicks, isAgreed, keyOf, type Preview, type Ticks, type UploadFile } from './upload.ts';

/** The files given, what the server says of them, and what was ticked. Credentials stay in the memory of the page. */
export function useUpload(isSingle: boolean) {
  const [files, setFiles] = useState<UploadFile[]>([]);
  const [preview, setPreview] = useState<Preview>();
  const [ticks, setTicks] = useState<ReadonlyMap<string, Ticks>>(new Map());
  const look = useMutation({
    mutationFn: (request: { files: UploadFile[]; ticks: ReadonlyMap<string, Ticks>; preview?: Preview }) =>
      client.call('kubeconfigPreview', {
        body: {
          files: request.files,
          contexts: (request.preview?.contexts ?? []).flatMap((context) => {
            const consents = request.ticks.get(keyOf(context))?.consents ?? [];
            return consents.length === 0
              ? []
              : [{ file: context.file, context: context.context, consents: [...consents] }];
          }),
        },
      }),
    onSuccess: setPreview,
    onError: (error) => notifyError('The kubeconfig could not be looked at.', error),
  });

  const give = (given: UploadFile[]) => {
    setFiles(given);
    setPreview(undefined);
    setTicks(new Map());
    look.mutate(
      { files: given, ticks: new Map() },
      {
        onSuccess: (found) => {
          const only = isSingle && found.contexts.length > 1;
          setTicks(
            new Map(
              found.contexts.map((context) => [
                keyOf(context),
                only ? { isChosen: false, consents: [] } : firstTicks(context),
              ]),
            ),
          );
        },
      },
    );
  };

  const tick = (context: ContextPreview, next: Ticks) => {
    const before = ticks.get(keyOf(context));
    const others = isSingle && next.isChosen ? unchosen(ticks) : ticks;
    const changed = new Map(others).set(keyOf(context), next);
    setTicks(changed);
    const isNewlyAgreed = isAgreed(context, next.consents) && !isAgreed(context, before?.consents ?? []);
    // Agreed to, it may be dialled.
    if (isNewlyAgreed && preview !== undefined) look.mutate({ files, ticks: changed, preview });
  };

  const chosen = (preview?.contexts ?? []).flatMap((context) => {
    const now = ticks.get(keyOf(context));
    return now?.isChosen === true && context.canAdd && isAgreed(context, now.consents)
      ? [{ file: context.file, context: context.context, consents: [...now.consents] }]
      : [];
  });
  return { files, preview, ticks, chosen, give, tick, isLooking: look.isPending };
}

function unchosen(ticks: ReadonlyMap<string, Ticks>): Map<string, Ticks> {
  return new Map([...ticks].map(([key, one]) => [key, { ...one, isChosen: false }]));
}

/** Asks every view again after something about connections changed. */
export function useRefetchAll() {
  const cache = useQueryClient();
  return () => cache.invalidateQueries();
}
