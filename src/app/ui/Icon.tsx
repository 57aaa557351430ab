/** Marks drawn for this product: 24 px grid, 1.8 px stroke, one colour. */
export const MARKS = {
  kubernetes: 'M12 2.8l8 4.6v9.2l-8 4.6-8-4.6V7.4zM12 8v8M8.5 10l7 4M15.5 10l-7 4',
  operator:
    'M15.2 12a3.2 3.2 0 1 1-6.4 0 3.2 3.2 0 0 1 6.4 0zM12 3v2.6M12 18.4V21M3 12h2.6M18.4 12H21M5.6 5.6l1.9 1.9M16.5 16.5l1.9 1.9M5.6 18.4l1.9-1.9M16.5 7.5l1.9-1.9',
  meshsync:
    'M4 11a8 8 0 0 1 13.7-4.7L20 8.5M20 4v4.5h-4.5M20 13a8 8 0 0 1-13.7 4.7L4 15.5M4 20v-4.5h4.5M12.9 12a.9.9 0 1 1-1.8 0 .9.9 0 0 1 1.8 0z',
  broker: 'M4 5h16v11h-8l-4.5 4v-4H4zM8.5 10.5h.01M12 10.5h.01M15.5 10.5h.01',
  server: 'M4 4.5h16v6H4zM4 13.5h16v6H4zM7.5 7.5h.01M7.5 16.5h.01M11 7.5h5M11 16.5h5',
  database:
    'M5 6.2C5 4.4 8.1 3 12 3s7 1.4 7 3.2-3.1 3.2-7 3.2-7-1.4-7-3.2zM5 6.2v11.6C5 19.6 8.1 21 12 21s7-1.4 7-3.2V6.2M5 12c0 1.8 3.1 3.2 7 3.2s7-1.4 7-3.2',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  bang: 'M12 4v10M12 19h.01',
  cross: 'M6 6l12 12M18 6L6 18',
  question: 'M8.5 9a3.6 3.6 0 1 1 5.2 3.2c-1.1.6-1.7 1.2-1.7 2.6M12 19h.01',
  changing: 'M12 4a8 8 0 0 1 8 8M12 20a8 8 0 0 1-8-8',
  bell: 'M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4',
  sun: 'M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  moon: 'M20 14.2A8.3 8.3 0 0 1 9.8 4 8.3 8.3 0 1 0 20 14.2z',
  system: 'M3.5 5h17v11h-17zM9 20h6M12 16v4',
  pause: 'M8.5 5.5v13M15.5 5.5v13',
  play: 'M8 5.5l10 6.5-10 6.5z',
  refresh: 'M20 12a8 8 0 1 1-2.4-5.7L20 8.6M20 4v4.6h-4.6',
  more: 'M12 5.5h.01M12 12h.01M12 18.5h.01',
  menu: 'M4 7h16M4 12h16M4 17h16',
  search: 'M16.5 11a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0zM15.2 15.2L20 20',
  down: 'M6 9.5l6 6 6-6',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
} as const;

export type IconName = keyof typeof MARKS;

/** A mark; decoration only, so the words beside it or the label of its button must say the same. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' || name === 'bang' ? 2.6 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      <path d={MARKS[name]} />
    </svg>
  );
}
