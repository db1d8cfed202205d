import * as z from 'zod';
import type { Action, ActionId, Observed, Risk } from '../../../domain/action.ts';
import { seen } from '../../../domain/failure.ts';
import { noCost } from '../../../domain/money.ts';
import type { Change, KubernetesReader } from '../../../providers/kubernetes/reader.ts';
import { isOurs } from './field-owner.ts';
import { at, countAt, listAt, textAt, type Fields } from './object-fields.ts';
import { namespacedParams } from './object-params.ts';
import { stepDraft } from './step-draft.ts';
import { hindrance, identifySubject, lookAt, observedObject, uidOf, type Subject } from './subject.ts';
import { reconciledBy, writeStep } from './write-step.ts';

const params = z.strictObject(namespacedParams);
type Params = z.output<typeof params>;

interface Words {
  readonly id: ActionId;
  readonly undo: ActionId;
  readonly title: string;
  readonly description: string;
  /** What `spec.suspend` is to be. */
  readonly suspend: boolean;
  risk(observed: Observed): Risk;
}

/** Suspend and resume: the same field, one way or the other. */
export function cronjobSuspensionAction(words: Words): Action<KubernetesReader, Params> {
  const { suspend: wanted } = words;
  const verb = wanted ? 'Suspend' : 'Resume';
  const subjectOf = ({ context, namespace, name }: Params): Subject => ({ context, kind: 'CronJob', namespace, name });
  const changeOf = ({ namespace, name }: Params): Change => ({
    type: 'suspend',
    object: { kind: 'CronJob', namespace, name },
    suspend: wanted,
  });
  return {
    id: words.id,
    version: 1,
    title: words.title,
    description: words.description,
    params,
    settleMs: 0,
    identify: (reader, given, context) => identifySubject(reader, subjectOf(given), context),

    async observe(reader, given, context) {
      const looked = await lookAt(reader, subjectOf(given), context);
      if (looked.status === 'unknown') return looked;
      const { object } = looked.value;
      if (object === null) return seen(observedObject(null, {}, {}));
      const suspend = isSuspended(object);
      const schedule = textAt(object, 'spec', 'schedule');
      return seen(
        observedObject(
          object,
          { suspend, schedule },
          {
            Suspended: suspend,
            Schedule: schedule,
            'Jobs that run now': listAt(object, 'status', 'active').length,
            'Last run': textAt(object, 'status', 'lastScheduleTime') ?? 'none yet',
            'Starts late by at most': deadlineOf(object),
          },
        ),
      );
    },

    async preview(reader, given, observed, context) {
      const refusal = hindrance(observed, subjectOf(given));
      if (refusal !== null) return refusal;
      const looked = await lookAt(reader, subjectOf(given), context);
      if (looked.status === 'unknown') return looked;
      const would = await looked.value.cluster.tryOut(changeOf(given), context.signal);
      if (would.status === 'unknown') return would;
      const [now, after] = [observed.rests['suspend'] === true, isSuspended(would.value.object)];
      return seen({
        summary: `${verb} the CronJob ${given.name}`,
        noop: now === after,
        by: 'server',
        after: { suspend: after },
        shown: { Suspended: after },
        diff: [
          `-spec.suspend: ${now}`,
          `+spec.suspend: ${after}`,
          ...would.value.warnings.map((warning) => `! ${warning}`),
        ],
      });
    },

    cost: () => noCost('what its runs cost is not reckoned'),
    risk: (_params, { observed }) => words.risk(observed),
    destructive: () => false,
    dependents: async () => seen([]),
    apply: (step, context) => writeStep(step, changeOf(step.params), context),

    async verify(reader, { params: given, sealed }, context) {
      const looked = await lookAt(reader, subjectOf(given), context);
      if (looked.status === 'unknown') return looked;
      const { object } = looked.value;
      if (object === null || uidOf(object) !== sealed.before.identity?.['uid'])
        return seen({ asPromised: false, seen: ['It is gone, or another one of that name.'] });
      const now = isSuspended(object);
      return seen({ asPromised: now === wanted, seen: [now ? 'It is suspended.' : 'It is not suspended.'] });
    },

    undo: (given) => ({
      possible: true,
      words: wanted ? 'resume it; what was due meanwhile stays undone' : 'suspend it again; what it started runs on',
      draft: stepDraft(words.undo, given),
    }),

    async reconcile(reader, { params: given, sealed }, context) {
      const looked = await lookAt(reader, subjectOf(given), context);
      if (looked.status === 'unknown') return looked;
      const { object } = looked.value;
      const what = `the CronJob ${given.name}`;
      if (object === null || uidOf(object) !== sealed.before.identity?.['uid']) return reconciledBy('gone', {}, what);
      const receipt = { uid: uidOf(object) };
      if (isSuspended(object) !== wanted) return reconciledBy('before', receipt, what);
      return reconciledBy(isOurs(object, ['f:spec', 'f:suspend']) ? 'wanted-by-us' : 'wanted-by-others', receipt, what);
    },
  };
}

function isSuspended(cronjob: Fields): boolean {
  return at(cronjob, 'spec', 'suspend') === true;
}

function deadlineOf(cronjob: Fields): string {
  const seconds = at(cronjob, 'spec', 'startingDeadlineSeconds');
  return seconds === undefined ? 'no limit' : `${countAt(cronjob, 'spec', 'startingDeadlineSeconds')} s`;
}
