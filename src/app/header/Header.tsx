import { lazy, Suspense, useState } from 'react';
import { IconButton } from '../ui/Button.tsx';
import { pages } from '../pages.ts';
import { paths } from '../paths.ts';
import { Icon } from '../ui/Icon.tsx';
import { Link } from '../ui/Link.tsx';
import { Bell } from './Bell.tsx';
import { ColorModeButton } from './ColorModeButton.tsx';
import { MeshSyncMark } from './MeshSyncMark.tsx';
import { RefreshControl } from './RefreshControl.tsx';
import './header.css';

const NavMenu = lazy(async () => ({ default: (await import('./NavMenu.tsx')).NavMenu }));

/** Name, navigation, the MeshSync mark, freshness, unread problems and colours. */
export function Header({ current }: { readonly current: string | undefined }) {
  const [anchor, setAnchor] = useState<HTMLElement>();
  return (
    <header className="header">
      <IconButton
        className="header-menu"
        aria-label="Pages"
        aria-haspopup="menu"
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <Icon name="menu" size={20} />
      </IconButton>
      {anchor !== undefined && (
        <Suspense>
          <NavMenu anchor={anchor} current={current} onClose={() => setAnchor(undefined)} />
        </Suspense>
      )}
      <Link href={paths.settings()} className="header-name" aria-label="Meshplay Troubleshooter">
        <Icon name="meshsync" size={24} />
        <span>Meshplay Troubleshooter</span>
      </Link>
      <nav className="header-nav" aria-label="Pages">
        {pages
          .filter(({ label }) => label !== undefined)
          .map(({ path, label }) => (
            <Link key={path} href={path} {...(path === current ? { 'aria-current': 'page' as const } : {})}>
              {label}
            </Link>
          ))}
      </nav>
      <span className="spread" />
      <MeshSyncMark />
      <RefreshControl />
      <Bell />
      <ColorModeButton />
    </header>
  );
}
