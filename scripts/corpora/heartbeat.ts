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
  if (judgeCase === undefined)
    return {
      verdict: 'not-covered',
      reason: LATER.has(group) ? 'the scheduler comes with the next issue' : 'a group that this project does not know',
    };
  try {
    return judgeCase(each);
  } catch (error) {
    // A case in a shape we don't know is an unexplained difference, not the end of the others.
    if (error instanceof z.ZodError) return { verdict: 'differ' };
    throw error;
  }
}

const LATER: ReadonlySet<string> = new Set([
  'deferral',
  'phase',
  'cronAbsoluteTime',
  'cronTopOfHour',
  'cronErrorBackoff',
  'cronEvery',
  'cronEveryDrift',
  'retryHint',
  'openclawFallBackGap',
]);

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
      return {
        verdict: 'differ',
        reason: 'hours that are no hours are an error when the runbook is loaded; they must not fail open',
      };
    }
    if (!isZone(timezone))
      return {
        verdict: 'differ',
        reason: 'an unknown time zone is an error when the runbook is loaded; another zone is never taken in its place',
      };
    return agreeIf(isWithinActiveHours({ from: start, to: end }, timezone, Date.parse(at)) === within);
  },
};

/** A reply that never came is written as null or `__undefined__`. */
const Reply = z
  .string()
  .nullish()
  .transform((reply) => (reply === '__undefined__' ? '' : (reply ?? '')));

const STRIPPED = { shouldSkip: z.boolean(), text: z.string(), didStrip: z.boolean() };

function agreeIf(agrees: boolean): Verdict {
  return { verdict: agrees ? 'agree' : 'differ' };
}
