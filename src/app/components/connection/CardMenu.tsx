import Divider from '@mui/material/Divider';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useQueryClient } from '@tanstack/react-query';
import type { ConnectionSummary } from '../../../api/connection.ts';
import { DRAWER_TABS } from '../../paths.ts';
import { setSearch } from '../../navigation.ts';
import { TAB_NAMES } from '../drawer/tab-names.ts';
import { lazy, Suspense, useState } from 'react';
import { LifecycleItems, type LifecycleQuestion } from '../kubeconfig/LifecycleItems.tsx';
import { ReasonMenuItem } from '../../ui/ReasonMenuItem.tsx';
import { canLook } from '../../../core/capabilities.ts';
import { refresh, refusalOf } from './card-actions.ts';

const LeaveDialog = lazy(async () => ({
  default: (await import('../kubeconfig/LeaveDialog.tsx')).LeaveDialog,
}));
const RenameDialog = lazy(async () => ({
  default: (await import('../kubeconfig/RenameDialog.tsx')).RenameDialog,
}));
const ReplaceCredentialsDialog = lazy(async () => ({
  default: (await import('../kubeconfig/ReplaceCredentialsDialog.tsx')).ReplaceCredentialsDialog,
}));

interface CardMenuProps {
  readonly connection: ConnectionSummary;
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
}

/** Looking again, and everything there is to see of a connection. */
export function CardMenu({ connection, anchor, onClose }: CardMenuProps) {
  const cache = useQueryClient();
  const [question, setQuestion] = useState<LifecycleQuestion>();
  if (question !== undefined) {
    return (
      <Suspense>
        {question === 'credentials' ? (
          <ReplaceCredentialsDialog connection={connection} onClose={onClose} />
        ) : question === 'name' ? (
          <RenameDialog connection={connection} onClose={onClose} />
        ) : (
          <LeaveDialog connection={connection} to={question} onClose={onClose} />
        )}
      </Suspense>
    );
  }
  return (
    <Menu
      open
      anchorEl={anchor}
      onClose={onClose}
      // The arrows reach what cannot be used now, too: it says why.
      slotProps={{ list: { disabledItemsFocusable: true } }}
    >
      <ReasonMenuItem
        label="Look again"
        reason={refusalOf(canLook(connection))}
        onChoose={() => {
          onClose();
          void refresh(connection, cache);
        }}
      />
      {DRAWER_TABS.map((tab) => (
        <MenuItem
          key={tab}
          onClick={() => {
            onClose();
            setSearch({ open: connection.id, tab });
          }}
        >
          {TAB_NAMES[tab]}
        </MenuItem>
      ))}
      <Divider component="li" />
      <LifecycleItems connection={connection} onAsk={setQuestion} onClose={onClose} />
    </Menu>
  );
}
