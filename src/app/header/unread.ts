/** The most unread events the bell lists; the rest is on the activity page. */
const SHOWN = 50;

/** What the bell asks for. */
export const UNREAD = { unread: 'true', limit: SHOWN } as const;
