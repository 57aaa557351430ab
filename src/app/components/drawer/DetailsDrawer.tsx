import Drawer from '@mui/material/Drawer';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import type { ReactNode } from 'react';
import type { Health } from '../../../api/diagnosis.ts';
import { setSearch } from '../../navigation.ts';
import { IconButton } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { HealthChip } from '../connection/HealthChip.tsx';
import './drawer.css';

interface DetailsDrawerProps<T extends string> {
  readonly name: string;
  /** Absent while it is not known yet. */
  readonly health?: Health | undefined;
  readonly tabs: readonly { readonly id: T; readonly label: string }[];
  readonly tab: T;
  readonly onClose: () => void;
  /** What the tab shows. */
  readonly children: ReactNode;
}

/** The frame of the details of one connection, a live one or one of a bundle: its name, and tabs kept in the address. */
export function DetailsDrawer<T extends string>(props: DetailsDrawerProps<T>) {
  const { name, health, tabs, tab, onClose, children } = props;
  const label = `Details of ${name}`;
  return (
    <Drawer
      open
      anchor="right"
      onClose={onClose}
      slotProps={{
        paper: { className: 'drawer', role: 'dialog', 'aria-modal': true, 'aria-label': label },
      }}
    >
      <div className="drawer-head">
        <h2>{name}</h2>
        {health !== undefined && <HealthChip health={health} />}
        <span className="spread" />
        <IconButton aria-label="Close" onClick={onClose}>
          <Icon name="cross" />
        </IconButton>
      </div>
      <Tabs
        value={tab}
        variant="scrollable"
        aria-label={label}
        onChange={(_, next: T) => setSearch({ tab: next }, 'replace')}
      >
        {tabs.map((one) => (
          <Tab
            key={one.id}
            value={one.id}
            label={one.label}
            id={`tab-${one.id}`}
            aria-controls="drawer-panel"
          />
        ))}
      </Tabs>
      <div
        className="drawer-body stack"
        role="tabpanel"
        id="drawer-panel"
        aria-labelledby={`tab-${tab}`}
        tabIndex={0}
      >
        {children}
      </div>
    </Drawer>
  );
}
