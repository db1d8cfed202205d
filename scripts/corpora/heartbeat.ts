import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { parseDuration } from '../../src/domain/duration.ts';
import { stripHeartbeatToken } from '../../src/domain/heartbeat-token.ts';
import { isTaskDue } from '../../src/domain/task-due.ts';
import { parseTimeOfDay } from '../../src/domain/time-of-day.ts';
import { isEffectivelyEmpty } from '../../src/runbooks/heartbeat-empty.ts';
import { scanTasks, withoutTasks } from '../../src/runbooks/heartbeat-tasks.ts';
import { isZone } from '../../src/runbooks/time-zone.ts';
import { isWithinActiveHours } from '../../src/scheduler/active-hours.ts';
import { whatIsDue } from '../../src/scheduler/due.ts';
import { fingerprintOf } from '../../src/scheduler/fingerprint.ts';
import { nextEvery } from '../../src/scheduler/phase.ts';
import { loadSlots } from '../../src/scheduler/slots.ts';
import type { CaseResult, CorpusResult } from './result.ts';

/**
 * Compares our reading of HEARTBEAT.md with what OpenClaw 2026.7.1 was seen to do: every JSON file of the folder
 * is a map of groups, each a list of cases with the observed outcome.
 */
export async function judge(folder: string): Promise<CorpusResult> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  const files = await Promise.all(
    names.map(async (name) =>
      z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(join(folder, name), 'utf8'))),
    ),
  );
  return {
    cases: files.flatMap((groups, index) =>
      Object.entries(groups).flatMap(([group, cases]) =>
        judgeGroup(group, cases, index === 0 ? '' : `${names[index]}:`),
      ),
    ),
  };
}

function judgeGroup(group: string, cases: unknown, prefix: string): CaseResult[] {
  if (typeof cases === 'string') return [];
  const listed = Array.isArray(cases) ? cases : [cases];
  return listed.map((each: unknown, index) => {
    const name = Named.safeParse(each).data?.name ?? String(index + 1);
    return { id: `${prefix}${group}:${name}`, ...verdictOn(group, each) };
  });
}

const Named = z.object({ name: z.string() });

type Verdict = Pick<CaseResult, 'verdict'> & { readonly reason?: string };

function verdictOn(group: string, each: unknown): Verdict {
  const judgeCase = GROUPS[group];
  if (judgeCase === undefined) return notCovered('a group that this project does not know');
  try {
    return judgeCase(each);
  } catch (error) {
    // A case in a shape we don't know is an unexplained difference, not the end of the others.
    if (error instanceof z.ZodError) return { verdict: 'differ' };
    throw error;
  }
}

const slots = await loadSlots();

const GROUPS: Readonly<Record<string, (each: unknown) => Verdict>> = {
  emptiness: (each) => {
    const { content, effectivelyEmpty } = z
      .object({ content: z.string().nullable(), effectivelyEmpty: z.boolean() })
      .parse(each);
    return agreeIf(isEffectivelyEmpty(content === '__undefined__' ? null : content) === effectivelyEmpty);
  },
  tasks: (each) => {
    const task = z.object({ name: z.string(), interval: z.string(), prompt: z.string() });
    const { content, tasks, rest, effectivelyEmpty } = z
      .object({ content: z.string(), tasks: z.array(task), rest: z.string(), effectivelyEmpty: z.boolean() })
      .parse(each);
    return agreeIf(
      isDeepStrictEqual(scanTasks(content).tasks, tasks) &&
        withoutTasks(content) === rest &&
        isEffectivelyEmpty(content) === effectivelyEmpty,
    );
  },
  token: (each) => {
    const { reply, mode, ...expected } = z
      .object({ reply: Reply, mode: z.enum(['heartbeat', 'message']), ...STRIPPED })
      .parse(each);
    return agreeIf(isDeepStrictEqual(stripHeartbeatToken(reply, { mode }), expected));
  },
  tokenAckMaxChars: (each) => {
    const { reply, maxAckChars, mode, ...expected } = z
      .object({
        reply: Reply,
        mode: z.enum(['heartbeat', 'message']).default('heartbeat'),
        maxAckChars: z.unknown(),
        ...STRIPPED,
      })
      .parse(each);
    return agreeIf(isDeepStrictEqual(stripHeartbeatToken(reply, { mode, maxAckChars }), expected));
  },
  durations: (each) => {
    const { input, defaultUnit, ms } = z
      .object({ input: z.string(), defaultUnit: z.enum(['ms', 's', 'm', 'h', 'd']), ms: z.number().nullable() })
      .parse(each);
    return agreeIf(parseDuration(input, defaultUnit) === ms);
  },
  due: (each) => {
    const { lastRunMs, interval, nowMs, due } = z
      .object({ lastRunMs: z.number().nullish(), interval: z.string(), nowMs: z.number(), due: z.boolean() })
      .parse(each);
    return agreeIf(isTaskDue(lastRunMs ?? null, interval, nowMs) === due);
  },
  activeHours: (each) => {
    const { start, end, timezone, at, within } = z
      .object({
        start: z.string(),
        end: z.string(),
        timezone: z.string().default(() => new Intl.DateTimeFormat().resolvedOptions().timeZone),
        at: z.string(),
        within: z.boolean(),
      })
      .parse(each);
    if (parseTimeOfDay(start) === null || start === '24:00' || parseTimeOfDay(end) === null) {
      return differs('hours that are no hours are an error when the runbook is loaded; they must not fail open');
    }
    if (!isZone(timezone))
      return differs(
        'an unknown time zone is an error when the runbook is loaded; another zone is never taken in its place',
      );
    return agreeIf(isWithinActiveHours({ from: start, to: end }, timezone, Date.parse(at)) === within);
  },
  deferral: (each) => {
    const { intent, now, nextDueMs, recentRunStarts, result } = z
      .object({
        intent: z.string(),
        now: z.number(),
        nextDueMs: z.number().nullable().default(null),
        recentRunStarts: z.array(z.number()).default([]),
        result: z.object({ defer: z.boolean() }),
      })
      .parse(each);
    if (intent !== 'scheduled' || recentRunStarts.length > 0 || nextDueMs === null)
      return notCovered(
        'nothing but its slots wakes a runbook here, and a slot has one run: there are no wake-ups to defer or to dam',
      );
    return agreeIf(!firesAt(nextDueMs, now) === result.defer);
  },
  phase: (each) => {
    const { now, intervalMs, phaseMs, next } = z
      .object({ now: z.string(), intervalMs: z.number(), phaseMs: z.number(), next: z.string() })
      .parse(each);
    return agreeIf(nextEvery(intervalMs, phaseMs, Date.parse(now)) === Date.parse(next));
  },
  cronAbsoluteTime: () => notCovered('a runbook comes again and again, or by hand; it has no single time to read'),
  cronTopOfHour: (each) => {
    const { expr, defaultStaggerMs } = z.object({ expr: z.string(), defaultStaggerMs: z.number() }).parse(each);
    if (expr.trim().split(/\s+/).length !== 5)
      return differs('six and seven fields are refused when the runbook is loaded');
    if (defaultStaggerMs > 0)
      return differs('a cron slot is the instant that it says; who wants to be spread writes an interval (every: 1h)');
    // Every slot of ours lies on a whole minute: nothing was added to it.
    const next = slots.nextAfter(cron(expr, 'UTC'), SOME_INSTANT);
    return agreeIf(next !== null && next % MINUTE === defaultStaggerMs);
  },
  cronErrorBackoff: () =>
    notCovered('a run that failed does not put off the slots after it: the next one looks again, at its time'),
  cronEvery: (each) => {
    const { schedule, now, next } = z
      .object({
        schedule: z.object({ everyMs: z.unknown(), anchorMs: z.coerce.number().optional() }),
        now: z.string(),
        next: z.string().nullable(),
      })
      .parse(each);
    const everyMs = wholeNumber(schedule.everyMs);
    if (everyMs === null) {
      if (next === null)
        return agreeIf(typeof schedule.everyMs !== 'string' || parseDuration(schedule.everyMs) === null);
      return differs('an interval that is no duration is an error when the runbook is loaded');
    }
    if (schedule.anchorMs === undefined)
      return differs('slots do not count from the moment of asking: their phase follows from the name of the runbook');
    if (schedule.anchorMs > Date.parse(now))
      return differs('an anchor is only a phase here: there are slots before it as well');
    return agreeIf(nextEvery(everyMs, schedule.anchorMs % everyMs, Date.parse(now)) === (next && Date.parse(next)));
  },
  cronEveryDrift: () =>
    differs('slots stay where they are when a run was late: counting from the last run moves all later ones'),
  retryHint: () =>
    notCovered('the words of an error decide nothing here: a failed look is unknown, and the next slot looks again'),
  openclawFallBackGap: (each) => {
    const { expr30m } = z.object({ expr30m: z.array(z.string()) }).parse(each);
    const [first = ''] = expr30m;
    const zone = 'America/New_York';
    const listed = expr30m.map(Date.parse);
    const { slots: ours } = slots.between(
      cron('*/30 * * * *', zone),
      Date.parse(first) - 1,
      Math.max(...listed),
      listed.length * 10,
    );
    if (isDeepStrictEqual(ours, listed)) return { verdict: 'agree' };
    const pauses = ours.slice(1).map((slot, index) => slot - (ours[index] ?? 0));
    return pauses.length > 0 && pauses.every((pause) => pause === 30 * MINUTE)
      ? differs('half hours are half an hour apart, also when the clocks go back; the hole is a defect of croner 10')
      : { verdict: 'differ' };
  },
};

const MINUTE = 60_000;
const SOME_INSTANT = Date.UTC(2026, 0, 1);

function cron(expression: string, zone: string) {
  return { runbook: 'corpus', schedule: { kind: 'cron', expression }, zone } as const;
}

/** Whether a runbook whose next slot is at one instant fires at another. */
function firesAt(nextSlot: number, now: number): boolean {
  const timetable = {
    ...cron('* * * * *', 'UTC'),
    activeHours: null,
    overlap: 'skip',
    catchUpMs: 15 * MINUTE,
  } as const;
  const { runbook } = timetable;
  const state = {
    runbook,
    fingerprint: fingerprintOf(timetable),
    nextSlot,
    paused: false,
    running: false,
    waiting: false,
  };
  const justThatSlot = { nextAfter: () => null, between: () => ({ slots: [nextSlot], omitted: null, next: null }) };
  const { firings } = whatIsDue({
    timetables: [timetable],
    states: new Map([[runbook, state]]),
    now,
    slots: justThatSlot,
  });
  return firings.some(({ outcomes }) => outcomes.some(({ outcome }) => outcome === 'fire'));
}

/** A number, or a text of digits; null for anything else. */
function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : null;
}

/** A reply that never came is written as null or `__undefined__`. */
const Reply = z
  .string()
  .nullish()
  .transform((reply) => (reply === '__undefined__' ? '' : (reply ?? '')));

const STRIPPED = { shouldSkip: z.boolean(), text: z.string(), didStrip: z.boolean() };

function differs(reason: string): Verdict {
  return { verdict: 'differ', reason };
}

function notCovered(reason: string): Verdict {
  return { verdict: 'not-covered', reason };
}

function agreeIf(agrees: boolean): Verdict {
  return { verdict: agrees ? 'agree' : 'differ' };
}
