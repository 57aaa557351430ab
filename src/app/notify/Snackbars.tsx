import { closeSnackbar, enqueueSnackbar, type SnackbarKey, SnackbarProvider } from 'notistack';
import { type Ref, useEffect } from 'react';
import { CodeText } from '../components/data/CodeText.tsx';
import { IconButton } from '../ui/Button.tsx';
import { useStore } from '../data/store.ts';
import { paths } from '../paths.ts';
import { Icon } from '../ui/Icon.tsx';
import { Link } from '../ui/Link.tsx';
import { type Notice, notices } from './notify.ts';
import './snackbars.css';

const DONE_MS = 5_000;

/** Shows the notices that wait. */
export function Snackbars() {
  const waiting = useStore(notices);
  useEffect(() => {
    if (waiting.length === 0) return;
    for (const notice of waiting) {
      enqueueSnackbar({
        message: notice.kind === 'done' ? notice.message : notice.title,
        autoHideDuration: notice.kind === 'done' ? DONE_MS : null,
        content: (key) => snackOf(key, notice),
      });
    }
    notices.set([]);
  }, [waiting]);
  return <SnackbarProvider maxSnack={4} anchorOrigin={{ horizontal: 'right', vertical: 'bottom' }} />;
}

function snackOf(id: SnackbarKey, notice: Notice) {
  return <Snack id={id} notice={notice} />;
}

interface SnackProps {
  readonly id: SnackbarKey;
  readonly notice: Notice;
  readonly ref?: Ref<HTMLDivElement>;
}

function Snack({ id, notice, ref }: SnackProps) {
  const isDone = notice.kind === 'done';
  return (
    <div
      ref={ref}
      className={`snack ${isDone ? 'tone-good' : 'tone-broken'}`}
      role={isDone ? 'status' : 'alert'}
    >
      <span className="snack-mark">
        <Icon name={isDone ? 'check' : 'cross'} />
      </span>
      <div className="spread">
        {notice.kind === 'done' ? (
          notice.message
        ) : (
          <>
            <b>{notice.title}</b>
            <p>
              <CodeText text={notice.message} />
            </p>
            {notice.remedy !== undefined && (
              <p>
                <CodeText text={notice.remedy} />
              </p>
            )}
            <p className="row small">
              {notice.link !== undefined && (
                <Link href={notice.link.href} onClick={() => closeSnackbar(id)}>
                  {notice.link.label}
                </Link>
              )}
              {notice.code !== undefined && (
                <Link href={paths.errors(notice.code)} onClick={() => closeSnackbar(id)}>
                  About {notice.code}
                </Link>
              )}
              {notice.requestId !== undefined && <span className="quiet">request {notice.requestId}</span>}
            </p>
          </>
        )}
      </div>
      <IconButton aria-label="Dismiss" onClick={() => closeSnackbar(id)}>
        <Icon name="cross" size={16} />
      </IconButton>
    </div>
  );
}
