import { z } from 'zod';
import { Controller, Hop, Severity, Time } from './shapes.ts';

/** The guide’s words for the state of a controller; `UNKNOWN` is *could not observe*, never *absent*. */
export const CONTROLLER_STATES = [
  'DEPLOYED',
  'DEPLOYING',
  'NOTDEPLOYED',
  'UNDEPLOYED',
  'ENABLED',
  'RUNNING',
  'CONNECTED',
  'UNKNOWN',
] as const;
export const ControllerStateName = z.enum(CONTROLLER_STATES).meta({ id: 'ControllerStateName' });
export type ControllerStateName = z.infer<typeof ControllerStateName>;

/** How good a thing is: what colour and mark it is shown with. */
export const Verdict = z.enum(['good', 'attention', 'broken', 'changing', 'unknown']).meta({ id: 'Verdict' });
export type Verdict = z.infer<typeof Verdict>;

/** An observation that decided a state, in words. */
export const Because = z
  .object({ text: z.string(), source: z.string().describe('the part of the evidence it was seen in') })
  .meta({ id: 'Because' });
export type Because = z.infer<typeof Because>;

export const ControllerState = z
  .object({
    controller: Controller,
    state: ControllerStateName,
    verdict: Verdict,
    version: z.string().optional(),
    sinceAt: Time.optional().describe('when this state was first seen'),
    because: z.array(Because).min(1),
  })
  .meta({ id: 'ControllerState' });
export type ControllerState = z.infer<typeof ControllerState>;

export const HopState = z
  .object({
    hop: Hop,
    verdict: Verdict,
    word: z.string().describe('short, shown under the mark: 38 ms, CONNECTED, no data'),
    onward: z
      .enum(['carries', 'broken', 'not-evaluated', 'end'])
      .describe('the line to the next hop: data passes, stops here, or cannot be told'),
  })
  .meta({ id: 'HopState' });
export type HopState = z.infer<typeof HopState>;

export const Health = z
  .enum(['healthy', 'needs-attention', 'broken', 'changing', 'unknown'])
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

/** What to do about a finding, best first: something the server can run, a command, or a place to look. */
export const Remedy = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('operation'),
      label: z.string(),
      operation: z.string().describe('an operation kind, see operationStart'),
      controllers: z.array(Controller).optional(),
    }),
    z.object({ kind: z.literal('command'), label: z.string(), command: z.string() }),
    z.object({ kind: z.literal('link'), label: z.string(), path: z.string() }),
  ])
  .meta({ id: 'Remedy' });
export type Remedy = z.infer<typeof Remedy>;

export const Finding = z
  .object({
    code: z.string().regex(/^MT-[KOMBSD]-\d{2}$/),
    severity: Severity,
    hop: Hop,
    summary: z.string().describe('what is wrong, one sentence'),
    meaning: z.string().describe('what follows from it, one sentence'),
    cause: z.string().describe('the probable cause'),
    confidence: z.enum(['certain', 'likely', 'possible']),
    confirm: z.string().optional().describe('what would confirm it'),
    remedies: z.array(Remedy),
    followsFrom: z.string().optional().describe('code of the root cause this is a symptom of'),
    facts: z.array(Because),
  })
  .meta({ id: 'Finding' });
export type Finding = z.infer<typeof Finding>;
