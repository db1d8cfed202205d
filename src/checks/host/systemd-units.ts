import * as z from 'zod';
import type { Check, Evidence, FindingDraft } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import { everyResource, resourceId } from '../../domain/resource-id.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { evidenceFrom } from '../evidence.ts';
import { shellQuote } from '../shell-quote.ts';
import { fitsPattern } from './path-pattern.ts';

const unitPatterns = z.array(z.string().min(1)).default([]);

const unitParams = z.strictObject({
  ignore: unitPatterns.describe(
    'Units that may fail, by name; `*` stands for anything, as in `user@*.service` or `*.mount`.',
  ),
  important: unitPatterns.describe('Units whose trouble is reported as high instead of medium, written likewise.'),
  restarts: z
    .int()
    .min(1)
    .max(10_000)
    .default(3)
    .describe(
      'Report a unit that waits to be started again after a failure from this many automatic starts on: one may be bad luck.',
    ),
});

type UnitParams = z.output<typeof unitParams>;

const unitFacts = z.object({
  id: z.string(),
  description: z.string(),
  activeState: z.string(),
  subState: z.string(),
  result: z.string(),
  ended: z.string().nullable(),
  since: z.number().nullable(),
  restarts: z.number(),
});

type UnitFacts = z.output<typeof unitFacts>;

export const check: Check<HostReader, UnitParams> = {
  id: 'host/systemd-units',
  title: 'Units of systemd that failed',
  keywords: ['service', 'unit', 'systemd', 'daemon', 'failed'],
  description: `Asks the machine's systemd which units failed (\`systemctl list-units\`, then \`systemctl show\`): services, timers, mounts and all the others.

Reports:
- **failed** (medium) a unit that ended in failure and stays down, until it runs again or somebody clears it with \`systemctl reset-failed\`.
- **restarting** (medium) a unit that systemd is about to start again after a failure, and did \`restarts\` times or more before. A service that ends well and is started again by its own wish is none.

Looked at is what the unit's state is now: one that failed and was started again between two looks shows itself only by this count. Units of users (\`systemctl --user\`) are left out. At most 200 units are told one by one; of more it is said how many there are.

Where systemd does not run, as in most containers and on other systems, there is nothing to look at. Where it runs and does not answer, this is unknown. Tried against a stand-in that answers in systemctl's documented forms.`,
  standalone: true,
  params: unitParams,
  timeoutMs: 60_000,

  async read(reader, params, { signal }) {
    const troubled = await reader.troubledUnits(signal);
    const all = { resource: everyResource('host', reader.machineId, 'unit'), name: 'units of systemd' };
    if (troubled.status === 'unknown') return [{ status: 'unknown', ...all, failure: troubled.failure }];
    if (troubled.value === null) return [];
    const { units, more } = troubled.value;
    const seen = units
      .filter(({ id }) => !params.ignore.some((pattern) => fitsPattern(id, pattern)))
      .map((unit) => ({
        status: 'seen' as const,
        resource: resourceId('host', reader.machineId, 'unit', unit.id),
        name: printable(unit.id),
        facts: unitFacts.parse(unit),
      }));
    const message = `${more} more units failed than are told one by one. See: systemctl --failed`;
    return more === 0 ? seen : [...seen, { status: 'unknown', ...all, failure: { code: 'TOO_MANY_UNITS', message } }];
  },

  judge(seen, params, history) {
    const unit = unitFacts.parse(seen.facts);
    const severity = params.important.some((pattern) => fitsPattern(unit.id, pattern)) ? 'high' : 'medium';
    if (unit.activeState === 'failed') return [{ ...failed(unit, history.now), severity }];
    const fails = unit.result !== 'success' && unit.result !== '';
    return fails && unit.restarts >= params.restarts ? [{ ...restarting(unit), severity }] : [];
  },
};

function failed(unit: UnitFacts, now: number): Omit<FindingDraft, 'severity'> {
  const why = unit.result === '' || unit.result === 'success' ? '' : ` (${reason(unit)})`;
  return {
    discriminator: 'failed',
    title: `${printable(unit.id)} failed${why}${since(unit, now)}`,
    why: 'What this unit did is not done any more: systemd does not start it again by itself.',
    next: `See why: systemctl status -- ${shellQuote(unit.id)}; journalctl -u ${shellQuote(unit.id)} -e`,
    evidence: unitEvidence(unit),
  };
}

function restarting(unit: UnitFacts): Omit<FindingDraft, 'severity'> {
  return {
    discriminator: 'restarting',
    title: `${printable(unit.id)} fails again and again (${reason(unit)}), started ${unit.restarts} times`,
    why: 'It is down most of the time, and every start costs; when it hits the limit systemd gives it up.',
    next: `See why it ends: journalctl -u ${shellQuote(unit.id)} -e`,
    evidence: unitEvidence(unit),
  };
}

/** `exit 1` says all that `exit-code` does. */
function reason({ result, ended }: UnitFacts): string {
  if (ended === null) return printable(result);
  return result === 'exit-code' || result === 'signal' ? ended : `${printable(result)}, ${ended}`;
}

function since({ since: at }: UnitFacts, now: number): string {
  return at === null || at > now ? '' : `, ${formatDuration(now - at)} ago`;
}

function unitEvidence(unit: UnitFacts): Evidence[] {
  return evidenceFrom(
    'systemctl show',
    ['unit', unit.id],
    ['description', unit.description === '' ? null : unit.description],
    ['state', `${unit.activeState} (${unit.subState})`],
    ['result', unit.result === '' ? null : unit.result],
    ['main process', unit.ended],
    ['since', unit.since === null ? null : new Date(unit.since).toISOString()],
    ['automatic starts', unit.restarts],
  );
}
