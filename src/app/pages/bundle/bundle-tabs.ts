/** What there is to see of a connection of a bundle. */
export const BUNDLE_TABS = [
  { id: 'findings', label: 'Findings' },
  { id: 'evidence', label: 'Evidence' },
  { id: 'test', label: 'Last test' },
  { id: 'logs', label: 'Logs' },
  { id: 'events', label: 'Events' },
] as const;
export type BundleTab = (typeof BUNDLE_TABS)[number]['id'];
