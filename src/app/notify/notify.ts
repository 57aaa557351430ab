import { ClientError } from '../../client/client-error.ts';
import { createStore } from '../data/store.ts';

export type Notice =
  | { readonly kind: 'done'; readonly message: string }
  | {
      readonly kind: 'problem';
      /** What failed. */
      readonly title: string;
      /** Why. */
      readonly message: string;
      /** What to do. */
      readonly remedy?: string | undefined;
      /** Code of the error reference. */
      readonly code?: string | undefined;
      readonly requestId?: string | undefined;
      /** Where it is done. */
      readonly link?: NoticeLink | undefined;
    };

export interface NoticeLink {
  readonly label: string;
  readonly href: string;
}

/** Notices waiting to be shown. The snackbars load with the first one and take them from here. */
export const notices = createStore<readonly Notice[]>([]);

/** Shows a notice: `done` goes by itself, `problem` stays until it is dismissed. */
export function notify(notice: Notice): void {
  notices.set([...notices.get(), notice]);
}

/** Shows a failure: what was tried, why it failed, what to do, and a link to where that is done. */
export function notifyError(title: string, error: unknown, link?: NoticeLink): void {
  const detail =
    error instanceof ClientError
      ? { remedy: error.remedy, code: error.code, requestId: error.requestId }
      : {};
  notify({
    kind: 'problem',
    title,
    message: error instanceof Error ? error.message : String(error),
    ...detail,
    link,
  });
}
