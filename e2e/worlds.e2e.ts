import { expect } from '@playwright/test';
import type { CardWords } from './journey/card.ts';
import { cardOf, readCard } from './journey/card.ts';
import { test } from './journey/test.ts';
import { openWorld } from './journey/world.ts';

/** What a card must come to say: only what is named is compared. */
interface Wanted extends Partial<CardWords> {
  /** The root cause; `none` where the card must name none. */
  readonly cause: string | RegExp;
}

const WELL = { Operator: 'DEPLOYED', MeshSync: 'CONNECTED', Broker: 'CONNECTED' };
const NOTHING_BROKEN: Pick<Wanted, 'brokenAfter'> = { brokenAfter: [] };
const HEALTHY: Wanted = {
  health: 'Healthy',
  ...NOTHING_BROKEN,
  hops: {
    Kubernetes: 'good',
    Operator: 'good',
    MeshSync: 'good',
    Broker: 'good',
    Server: 'good',
    Database: 'good',
  },
  states: WELL,
  cause: 'none',
};
const OUT_OF_REACH = { states: { Operator: 'DEPLOYED', MeshSync: 'RUNNING', Broker: 'DEPLOYED' } };
const UNSEEN = { health: 'Cannot be observed', brokenAfter: ['Kubernetes'], states: {} };

/** By world, by connection; one journey for each entry. */
const JOURNEYS: readonly Readonly<Record<string, Readonly<Record<string, Wanted>>>>[] = [
  {
    healthy: { 'prod-eu-1': HEALTHY, 'prod-us-1': HEALTHY, staging: HEALTHY },
    'nothing-deployed': {
      fresh: {
        health: 'Broken',
        brokenAfter: ['Operator'],
        states: { Operator: 'NOTDEPLOYED', MeshSync: 'UNDEPLOYED', Broker: 'UNDEPLOYED' },
        cause: 'Operator, MeshSync and Broker are not deployed.',
      },
    },
    'rights-of-another-hand': {
      'second-hand': {
        health: 'Broken',
        brokenAfter: ['Operator'],
        states: { Operator: 'NOTDEPLOYED', MeshSync: 'UNDEPLOYED', Broker: 'UNDEPLOYED' },
        cause: 'Operator, MeshSync and Broker are not deployed.',
      },
    },
    'operator-only': {
      'half-done': {
        health: 'Broken',
        brokenAfter: ['MeshSync'],
        // What is missing comes behind the Operator, which is well.
        hops: {
          Kubernetes: 'good',
          Operator: 'good',
          MeshSync: 'broken',
          Broker: 'broken',
          Server: 'not known',
          Database: 'not known',
        },
        states: { Operator: 'DEPLOYED', MeshSync: 'UNDEPLOYED', Broker: 'UNDEPLOYED' },
        cause: 'The Operator runs, but there is neither a Broker nor a MeshSync resource.',
      },
    },
  },
  {
    'broker-without-external-address': {
      'inside-only': {
        ...OUT_OF_REACH,
        health: 'Needs attention',
        brokenAfter: ['Broker'],
        cause: 'The Broker has no address this server can reach.',
      },
      'no-load-balancer': {
        ...OUT_OF_REACH,
        health: 'Needs attention',
        brokenAfter: ['Broker'],
        cause: 'The load balancer of the Broker has no address yet.',
      },
    },
    'meshsync-not-connected': {
      unlinked: {
        health: 'Broken',
        brokenAfter: ['MeshSync'],
        states: { ...WELL, MeshSync: 'RUNNING' },
        cause: 'MeshSync is running, but not connected to the Broker.',
      },
    },
    'server-not-receiving': {
      firewalled: {
        ...OUT_OF_REACH,
        health: 'Broken',
        brokenAfter: ['Broker'],
        cause: 'The Broker has an address, but it does not answer there.',
      },
    },
  },
  {
    'orphaned-controllers': {
      orphans: {
        health: 'Needs attention',
        ...NOTHING_BROKEN,
        states: { ...WELL, Operator: 'NOTDEPLOYED' },
        cause: 'MeshSync or Broker are orphaned: they run without an Operator.',
      },
    },
    'image-pull-failing': {
      'no-image': {
        health: 'Needs attention',
        ...NOTHING_BROKEN,
        states: { ...WELL, Operator: 'DEPLOYING' },
        cause: /^A new version of the Operator does not come up: .*ImagePullBackOff/,
      },
    },
    'two-families': {
      both: {
        health: 'Healthy',
        ...NOTHING_BROKEN,
        states: WELL,
        cause: 'Meshplay and Meshery stand side by side.',
      },
    },
  },
  {
    'stale-data': {
      stale: {
        health: 'Needs attention',
        brokenAfter: ['Server'],
        states: WELL,
        cause: /^MeshSync answers, but has told of no change for \d+ min\.$/,
      },
    },
    'corrupt-database': {
      well: {
        health: 'Broken',
        // All of it arrives, and nothing of it is kept.
        brokenAfter: ['Server'],
        states: WELL,
        cause: 'The database cannot be read or written.',
      },
    },
  },
  {
    'api-unreachable': {
      unreachable: { ...UNSEEN, cause: 'The API server cannot be reached.' },
      'black-hole': { ...UNSEEN, cause: 'The API server does not answer in time.' },
      'expired-login': { ...UNSEEN, cause: 'The cluster does not accept these credentials.' },
    },
    forbidden: {
      'no-pods': {
        health: 'Needs attention',
        ...NOTHING_BROKEN,
        states: WELL,
        cause: 'This user may not list pods in meshplay.',
      },
      'no-rights': { ...UNSEEN, cause: /^This user may not list / },
    },
    'stuck-terminating': {
      stuck: {
        health: 'Broken',
        states: { ...WELL, Operator: 'NOTDEPLOYED' },
        cause: 'The Operator is gone, and a resource waits for it to finish being deleted.',
      },
    },
  },
  {
    welcome: {
      // First, because an upgrade that takes long is no longer called a change.
      'edge-lab': {
        health: 'Changing',
        ...NOTHING_BROKEN,
        states: { ...WELL, Operator: 'DEPLOYING' },
        cause: /^The Operator is being rolled out: waiting for its pod: .* \d+\ss so far\.$/,
      },
      'prod-eu-1': {
        ...OUT_OF_REACH,
        health: 'Needs attention',
        brokenAfter: ['Broker'],
        cause: 'The Broker has no address this server can reach.',
      },
      staging: HEALTHY,
      'legacy-dc2': { ...UNSEEN, cause: 'The API server cannot be reached.' },
    },
  },
];

test.describe.configure({ mode: 'parallel' });

for (const worlds of JOURNEYS) {
  test(`tells the truth about ${Object.keys(worlds).join(', ')}`, async ({ page }) => {
    for (const [world, cards] of Object.entries(worlds)) {
      await openWorld(page, world);
      for (const [name, { cause, ...words }] of Object.entries(cards)) {
        const card = cardOf(page, name);
        await expect.poll(() => readCard(card), { message: `${name} in ${world}` }).toMatchObject(words);
        const why = card.getByRole('button', { name: `Why? Findings of ${name}` });
        if (cause === 'none') await expect(why).toHaveCount(0);
        else {
          await expect(card.getByText(cause).first()).toBeVisible();
          await expect(why).toBeVisible();
        }
        await expect(card.getByText('Sandbox', { exact: true })).toBeVisible();
      }
    }
  });
}
