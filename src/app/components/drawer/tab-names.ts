import type { DrawerTab } from '../../paths.ts';

export const TAB_NAMES: Readonly<Record<DrawerTab, string>> = {
  findings: 'Findings',
  evidence: 'Evidence',
  data: 'Data',
  logs: 'Logs',
  events: 'Events',
  'ways-in': 'Ways in',
};
