import type { Handlers } from '../../api/routes.ts';
import type { RequestContext } from '../request-context.ts';
import type { Services } from '../services.ts';
import { pageOf } from './page.ts';

export function createEventHandlers({
  events,
}: Services): Pick<Handlers<RequestContext>, 'eventList' | 'eventRead'> {
  return {
    eventList: ({ query }) => {
      const matching = events
        .list()
        .filter(
          (event) =>
            (query.connectionId === undefined || event.connectionId === query.connectionId) &&
            (query.severity === undefined || event.severity === query.severity) &&
            (query.unread === undefined || event.isRead !== query.unread),
        );
      const unreadProblems = events
        .list()
        .filter(
          (event) => !event.isRead && (event.severity === 'critical' || event.severity === 'warning'),
        ).length;
      return { ...pageOf(matching, query), unreadProblems };
    },
    eventRead: ({ body }) => ({ read: events.markRead(body) }),
  };
}
