import type { ReactNode } from 'react';
import type { Observation } from '../../../api/evidence.ts';
import { Age } from '../../ui/Age.tsx';
import { ScrollArea } from '../../ui/ScrollArea.tsx';

interface ObservedProps<T> {
  readonly title: string;
  readonly observation: Observation<T>;
  readonly children: (value: T) => ReactNode;
}

/** One observation: its value with its age, or why there is none and the last good value with the age of that. */
export function Observed<T>({ title, observation, children }: ObservedProps<T>) {
  switch (observation.status) {
    case 'seen':
      return (
        <Section title={title} note={<Age at={observation.seenAt} suffix=" ago" />}>
          {children(observation.value)}
        </Section>
      );
    case 'failed':
      return (
        <Section
          title={title}
          note={
            <span className="tone-broken evidence-failed">
              could not be observed <Age at={observation.failedAt} suffix=" ago" />:{' '}
              {observation.failure.message}
            </span>
          }
        >
          {observation.lastValue !== undefined && (
            <details>
              <summary>
                Last good view
                {observation.lastSeenAt !== undefined && (
                  <>
                    , <Age at={observation.lastSeenAt} suffix=" ago" />
                  </>
                )}
              </summary>
              {children(observation.lastValue)}
            </details>
          )}
        </Section>
      );
    case 'pending':
      return <Section title={title} note="not looked at yet" />;
  }
}

interface SectionProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly children?: ReactNode;
}

/** A titled part of the evidence. */
export function Section({ title, note, children }: SectionProps) {
  return (
    <section className="evidence">
      <div className="evidence-head">
        <h3>{title}</h3>
        <span className="quiet small">{note}</span>
      </div>
      {children}
    </section>
  );
}

interface FactTableProps {
  readonly label: string;
  readonly head: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
  /** Said when there is no row: absence is a fact too. */
  readonly none: string;
}

/** Facts as a table that scrolls sideways by itself where it must. */
export function FactTable({ label, head, rows, none }: FactTableProps) {
  if (rows.length === 0) return <p className="quiet small">{none}</p>;
  return (
    <ScrollArea label={label}>
      <table className="facts">
        <thead>
          <tr>
            {head.map((one) => (
              <th key={one} scope="col">
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, index) => (
                <td key={head[index]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}
