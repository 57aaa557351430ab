import type { ControllerState, Finding, Health } from '../../api/diagnosis.ts';
import type { Link, Stream } from '../../api/evidence.ts';
import type { NewEvent } from './event-log.ts';

/** What events are made from: the little that is compared between two judgements. */
export interface Notable {
  readonly health: Health;
  readonly rootCause: Finding | undefined;
  readonly controllers: readonly ControllerState[];
  readonly link: Pick<Link, 'state' | 'chosen' | 'address' | 'failure' | 'proof'>;
  readonly streams: readonly Pick<Stream, 'name' | 'state' | 'failure'>[];
}

type Who = { readonly id: string; readonly name: string };

/** The events between two judgements of one connection; without a judgement before, only what is noteworthy. */
export function eventsBetween(who: Who, before: Notable | undefined, after: Notable): NewEvent[] {
  const about = { connectionId: who.id, connectionName: who.name };
  return [
    ...healthEvents(who, before, after),
    ...controllerEvents(who, before, after),
    ...linkEvents(who, before, after),
    ...streamEvents(who, before, after),
  ].map((event) => ({ ...event, ...about }));
}

/**
 * What the next judgement is compared with: while a cluster cannot be observed, its controllers stay as last seen, so
 * that what changed meanwhile is told once it can be seen, and what did not is not.
 */
export function remembered(before: Notable | undefined, after: Notable): Notable {
  return after.health === 'unknown' ? { ...after, controllers: before?.controllers ?? [] } : after;
}

function healthEvents(who: Who, before: Notable | undefined, after: Notable): NewEvent[] {
  const cause = after.rootCause;
  if (before?.health === after.health && before.rootCause?.code === cause?.code) return [];
  if (before === undefined && after.health === 'unknown' && cause === undefined) return [];
  // What a change waits for next is no news of its own; the card tells it.
  if (before?.health === 'changing' && after.health === 'changing' && cause?.severity === 'info') return [];
  const words: Record<Health, { severity: NewEvent['severity']; text: string }> = {
    healthy: { severity: 'success', text: 'is healthy' },
    'needs-attention': { severity: 'warning', text: 'needs attention' },
    broken: { severity: 'critical', text: 'is broken' },
    changing: { severity: 'info', text: 'is changing' },
    unknown: { severity: 'warning', text: 'cannot be observed' },
  };
  const { severity, text } = words[after.health];
  return [
    {
      severity,
      subject: 'connection',
      message: `${who.name} ${text}${cause === undefined ? '.' : `: ${cause.summary}`}`,
      ...(cause === undefined ? {} : { detail: cause.cause, findingCode: cause.code }),
    },
  ];
}

const CONTROLLER_NAMES = { operator: 'Operator', meshsync: 'MeshSync', broker: 'Broker' } as const;

function controllerEvents(who: Who, before: Notable | undefined, after: Notable): NewEvent[] {
  // A cluster that cannot be observed is one piece of news; its three controllers are not three more.
  if (after.health === 'unknown') return [];
  return after.controllers.flatMap((controller): NewEvent[] => {
    const was = before?.controllers.find((one) => one.controller === controller.controller);
    if (was === undefined || was.state === controller.state) return [];
    const severities = {
      good: 'success',
      attention: 'warning',
      broken: 'critical',
      changing: 'info',
      unknown: 'warning',
    } as const;
    return [
      {
        severity: severities[controller.verdict],
        subject: 'controller',
        message: `${CONTROLLER_NAMES[controller.controller]} of ${who.name} went from ${was.state} to ${controller.state}.`,
        ...(controller.because[0] === undefined ? {} : { detail: controller.because[0].text }),
      },
    ];
  });
}

function linkEvents(who: Who, before: Notable | undefined, after: Notable): NewEvent[] {
  const { link } = after;
  if (before?.link.proof !== 'mismatch' && link.proof === 'mismatch') {
    const message = `The Broker that answered for ${who.name} belongs to another cluster; the server left it.`;
    return [{ severity: 'warning', subject: 'link', message, ...detailOf(link.failure?.message) }];
  }
  if (before?.link.state === link.state) return movedEvents(who, before.link, link);
  switch (link.state) {
    case 'connected':
      return [
        {
          severity: 'success',
          subject: 'link',
          message: `The server is connected to the Broker of ${who.name} (${link.chosen ?? 'unknown way'}).`,
          ...detailOf(link.address),
        },
      ];
    case 'lost': {
      const message =
        before?.link.state === 'connected'
          ? `The server lost its connection to the Broker of ${who.name}.`
          : `The server cannot connect to the Broker of ${who.name}.`;
      return [{ severity: 'warning', subject: 'link', message, ...detailOf(link.failure?.message) }];
    }
    case 'idle':
      return before?.link.state === 'lost' || before?.link.state === 'connected'
        ? [
            {
              severity: 'info',
              subject: 'link',
              message: `There is no Broker to connect to on ${who.name} any more.`,
            },
          ]
        : [];
    case 'connecting':
      return [];
  }
}

/** A link that stands and took another way without a break. */
function movedEvents(who: Who, before: Notable['link'], link: Notable['link']): NewEvent[] {
  const isSame = before.chosen === link.chosen && before.address === link.address;
  if (link.state !== 'connected' || isSame) return [];
  const message = `The server now reaches the Broker of ${who.name} by a better way: ${link.chosen ?? 'unknown'} instead of ${before.chosen ?? 'unknown'}.`;
  return [{ severity: 'success', subject: 'link', message, ...detailOf(link.address) }];
}

/** Streams fall silent or are refused by the dozen; each kind of news is told once, with the names. */
function streamEvents(who: Who, before: Notable | undefined, after: Notable): NewEvent[] {
  const changes = after.streams.map((now) => ({
    now,
    was: before?.streams.find((one) => one.name === now.name),
  }));
  const isForbidden = (stream: Notable['streams'][number] | undefined) =>
    stream?.failure?.kind === 'forbidden';
  const isLive = (stream: Notable['streams'][number]) => stream.state === 'live';
  const news = [
    {
      severity: 'warning',
      of: changes.filter(({ now, was }) => now.state === 'silent' && was?.state !== 'silent'),
      say: (names: string) => `A watch on ${who.name} went silent and is being restarted: ${names}.`,
    },
    {
      severity: 'success',
      of: changes.filter(({ now, was }) => was?.state === 'silent' && isLive(now)),
      say: (names: string) => `A watch on ${who.name} tells of changes again: ${names}.`,
    },
    {
      severity: 'warning',
      of: changes.filter(({ now, was }) => isForbidden(now) && !isForbidden(was)),
      say: (names: string) => `${who.name} does not permit to read ${names}.`,
    },
    {
      severity: 'success',
      of: changes.filter(({ now, was }) => isForbidden(was) && isLive(now)),
      say: (names: string) => `${who.name} permits to read ${names} again.`,
    },
  ] as const;
  return news
    .filter(({ of }) => of.length > 0)
    .map(({ severity, of, say }) => ({
      severity,
      subject: 'stream' as const,
      message: say(listed(of.map(({ now }) => now.name))),
      ...detailOf(of[0]?.now.failure?.message),
    }));
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

function detailOf(text: string | undefined): { detail?: string } {
  return text === undefined ? {} : { detail: text };
}
