import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import { takesAllEvents, type AwsReader, type Place } from '../../providers/aws/reader.ts';
import {
  describeTrails,
  getDetector,
  getEventSelectors,
  getTrailStatus,
  listDetectors,
  type Trail,
} from '../../providers/aws/reads/watch.ts';
import { regionShape } from './account-params.ts';
import { anyFacts, type TrailFacts } from './audit-trail-facts.ts';
import { judgeAudit, judgeDetector, judgeTrail } from './audit-trail-judgement.ts';
import { regionIn } from './aws-line.ts';
import { everythingOf, lookAtAws, tallyWords, type Scene } from './scene.ts';

const trailParams = z.strictObject({
  ...regionShape,
  guardDuty: z.boolean().default(true).describe('Whether GuardDuty is meant to watch over the regions looked at.'),
});
type TrailParams = z.output<typeof trailParams>;

export const check: Check<AwsReader, TrailParams> = {
  id: 'aws/audit-trail',
  title: 'CloudTrail and GuardDuty',
  keywords: ['cloudtrail', 'trail', 'audit', 'audit log', 'guardduty', 'detector', 'security', 'posture', 'logging'],
  description: `Looks at the trails of CloudTrail that the account has or takes part in, and at GuardDuty in each region.

Reports:
- **no-trail** (high) no trail writes down what is done in all regions: none is for all of them, is logging, and takes in management events, both reads and writes.
- **stopped** (high) a trail that is there and does not log. Medium where another one logs all regions.
- **delivery** (high) a trail that can not write to its bucket. Medium where another one logs all regions.
- **unvalidated** (low) a trail whose files nobody can tell from ones that were changed afterwards.
- **guardduty-off** (medium) a region in which GuardDuty has no detector, unless \`guardDuty\` is false.
- **guardduty-suspended** (medium) a region in which its detector is suspended.

A trail for all regions is seen from any of them; one for a single region only from there. Where a region or the state of a trail could not be read, and no trail is seen that does it all, that is unknown. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: trailParams,
  timeoutMs: 120_000,
  read: seeAudit,
  judge: (seen, params) => {
    const facts = anyFacts.safeParse(seen.facts);
    if (!facts.success) return [];
    switch (facts.data.about) {
      case 'trail':
        return judgeTrail(facts.data, seen.resource);
      case 'audit':
        return judgeAudit(facts.data);
      case 'detector':
        return params.guardDuty ? judgeDetector(facts.data, seen.resource) : [];
      default:
        return facts.data satisfies never;
    }
  },
  summary: tallyWords,
};

async function seeAudit(reader: AwsReader, params: TrailParams, context: ReadContext): Promise<readonly Observation[]> {
  const [regional, ofAccount] = await Promise.all([
    lookAtAws(reader, params, context, 'regions', (scene) => (params.guardDuty ? seeDetectors(scene) : none())),
    lookAtAws(reader, params, context, 'account', seeTrails),
  ]);
  // Both looks tell of the account, and of what keeps it closed: once is enough.
  const known = new Set(regional.map(({ resource }) => resource));
  return [...regional, ...ofAccount.filter(({ resource }) => !known.has(resource))];
}

async function none(): Promise<readonly Observation[]> {
  return [];
}

async function seeDetectors(scene: Scene): Promise<readonly Observation[]> {
  const { place, signal } = scene;
  const { items, failure } = await place.list(listDetectors, {}, signal);
  const { region } = place;
  if (failure !== null) {
    scene.hide(everythingOf(listDetectors, place), `GuardDuty in ${region}`, failure);
    return [];
  }
  const see = (detector: string | null, status: string | null): Observation =>
    scene.see(
      scene.arn('guardduty', detector === null ? 'detector' : `detector/${detector}`),
      `GuardDuty in ${region}`,
      { about: 'detector', region, detector, status },
    );
  if (items.length === 0) return [see(null, null)];
  const states = await Promise.all(
    items.map(async (DetectorId) => ({
      DetectorId,
      answer: await scene.ask(getDetector, { DetectorId }, scene.arn('guardduty', `detector/${DetectorId}`)),
    })),
  );
  return states.flatMap(({ DetectorId, answer }) =>
    answer === undefined || answer === null ? [] : [see(DetectorId, answer.Status ?? null)],
  );
}

/** What a trail is and does; null: that could not be read, and is hidden. */
interface SeenTrail {
  readonly arn: string;
  readonly facts: Omit<TrailFacts, 'isCovered'> | null;
  /** It writes down all that is done; null: it can not be told. */
  readonly isWhole: boolean | null;
}

async function seeTrails(scene: Scene): Promise<readonly Observation[]> {
  const { account, signal } = scene;
  const places = new Map([account.home, ...account.places].map((place) => [place.region, place]));
  const lists = await Promise.all(
    [...places.values()].map(async (place) => ({ place, looked: await place.ask(describeTrails, {}, signal) })),
  );
  const byArn = new Map<string, Trail>();
  let isAllSeen = account.closed.length === 0;
  for (const { place, looked } of lists) {
    if (looked.status === 'unknown') {
      isAllSeen = false;
      scene.hide(everythingOf(describeTrails, place), `trails in ${place.region}`, looked.failure);
    } else for (const trail of looked.value?.trailList ?? []) byArn.set(trail.TrailARN ?? '', trail);
  }
  const trails = await Promise.all([...byArn].map(([arn, trail]) => seeTrail(scene, arn, trail)));
  const covering = trails.filter(({ isWhole }) => isWhole === true);
  const seen = trails.flatMap(({ arn, facts }): readonly Observation[] =>
    facts === null
      ? []
      : [
          scene.see(arn, `trail ${facts.trail}`, {
            ...facts,
            isCovered: covering.some((other) => other.arn !== arn),
          }),
        ],
  );
  if (covering.length > 0) return seen;
  const audit = scene.globalArn('cloudtrail', 'account');
  const name = `audit of account ${account.id}`;
  if (!isAllSeen || trails.some(({ isWhole }) => isWhole === null)) {
    scene.hide(audit, name, {
      code: 'PARTLY_SEEN',
      message: 'Not every region or trail could be read: whether one writes down all that is done can not be told.',
    });
    return seen;
  }
  const names = trails.map(({ arn }) => printable(arn));
  return [...seen, scene.see(audit, name, { about: 'audit', account: account.id, trails: names })];
}

async function seeTrail(scene: Scene, arn: string, trail: Trail): Promise<SeenTrail> {
  const { HomeRegion, Name, IsMultiRegionTrail, LogFileValidationEnabled } = trail;
  const home: Place = scene.account.in(HomeRegion ?? regionIn(arn));
  const isMultiRegion = IsMultiRegionTrail === true;
  const status = await scene.ask(getTrailStatus, { Name: arn }, arn, home);
  // Without the state of the trail there is nothing to say of it.
  if (status === undefined || status === null) return { arn, facts: null, isWhole: isMultiRegion ? null : false };
  const isLogging = status.IsLogging === true;
  const error = status.LatestDeliveryError ?? '';
  const facts = {
    about: 'trail' as const,
    trail: printable(Name ?? arn),
    isMultiRegion,
    isLogging,
    stoppedAt: isLogging ? null : (status.StopLoggingTime?.getTime() ?? null),
    deliveryError: error === '' ? null : printable(error),
    deliveredAt: status.LatestDeliveryTime?.getTime() ?? null,
    isValidated: LogFileValidationEnabled === true,
  };
  if (!isMultiRegion || !isLogging || facts.deliveryError !== null) return { arn, facts, isWhole: false };
  const events = await scene.ask(getEventSelectors, { TrailName: arn }, scene.globalArn('cloudtrail', 'account'), home);
  return { arn, facts, isWhole: events === undefined ? null : takesAllEvents(events ?? {}) };
}
