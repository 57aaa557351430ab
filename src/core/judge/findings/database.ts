import type { DatabaseEvidence } from '../../../api/evidence.ts';
import { databaseCatalogue } from '../catalogue/database.ts';
import { ageMs, isLinkDown, isLinkUp, type Scene } from '../scene.ts';
import { ageWords, countWords } from '../words.ts';
import { detected, type Detector } from './detector.ts';
import { isBrokerExpected } from './link-fault.ts';
import { waitDetector } from './wait.ts';

const FIRST_ROWS_MS = 30_000;
const BEHIND_MS = 60_000;
const STALE_MS = 600_000;
const LOOK_FIRST = databaseCatalogue['MT-D-01'].remedies.toReversed();

function held(scene: Scene): DatabaseEvidence | undefined {
  const { database } = scene.evidence;
  return scene.isApiDown || database.status !== 'seen' ? undefined : database.value;
}

export const databaseDetectors: Readonly<Record<keyof typeof databaseCatalogue, Detector>> = {
  'MT-D-01': (scene) => {
    const { database } = scene.evidence;
    if (scene.isApiDown || database.status !== 'failed') return undefined;
    const { kind, message } = database.failure;
    // Only a damaged file is mended by a new one; a full disk or a lock would be as much in its way.
    return detected('database', message, kind === 'damaged' ? {} : { remedies: LOOK_FIRST });
  },
  'MT-D-02': (scene) => {
    const isDue =
      isLinkUp(scene) && scene.link.messages > 0 && ageMs(scene, scene.link.sinceAt) >= FIRST_ROWS_MS;
    return held(scene)?.rows === 0 && isDue
      ? detected('database', `${countWords(scene.link.messages, 'message')} received, 0 rows`)
      : undefined;
  },
  'MT-D-03': (scene) => {
    const database = held(scene);
    const { lastMessageAt } = scene.link;
    if (
      database?.lastWriteAt === undefined ||
      lastMessageAt === undefined ||
      database.rows === 0 ||
      database.isBehind
    )
      return undefined;
    const gapMs = Date.parse(lastMessageAt) - Date.parse(database.lastWriteAt);
    return gapMs > BEHIND_MS
      ? detected('database', `last write ${ageWords(gapMs)} before the last message`)
      : undefined;
  },
  'MT-D-04': (scene) =>
    held(scene)?.isBehind === true ? detected('database', 'storing is slower than what arrives') : undefined,
  'MT-D-05': (scene) => {
    const rejected = held(scene)?.rejected ?? 0;
    return rejected > 0 ? detected('database', `${countWords(rejected, 'message')} rejected`) : undefined;
  },
  'MT-D-06': (scene) => {
    const database = held(scene);
    const isOld =
      database !== undefined && database.rows > 0 && ageMs(scene, database.lastWriteAt) >= STALE_MS;
    return isOld && isBrokerExpected(scene) && isLinkDown(scene)
      ? detected(
          'database',
          database.lastWriteAt === undefined
            ? 'never written'
            : `last write ${ageWords(ageMs(scene, database.lastWriteAt))} ago`,
        )
      : undefined;
  },
  'MT-D-07': waitDetector('database', 'The database is being filled'),
};
