import * as z from 'zod';
import type { Check, Evidence, FindingDraft } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { resourceId } from '../../domain/resource-id.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { durationParam } from '../duration-param.ts';
import { evidenceFrom } from '../evidence.ts';

const timeParams = z.strictObject({
  settle: durationParam('0s', '1d')
    .prefault('15m')
    .describe('Say nothing of a clock that is not synchronised yet while the machine was started less than this ago.'),
  maxOffset: durationParam('1ms', '1h')
    .prefault('1s')
    .describe('Report (medium) when chrony knows the clock to be off by more than this, and as high beyond a minute.'),
});

type TimeParams = z.output<typeof timeParams>;

const timeFacts = z.object({
  source: z.string(),
  synchronised: z.boolean(),
  service: z.boolean().nullable(),
  offsetSeconds: z.number().nullable(),
  uptimeMs: z.number().nullable(),
});

type TimeFacts = z.output<typeof timeFacts>;

export const check: Check<HostReader, TimeParams> = {
  id: 'host/time-sync',
  title: 'Clock kept right',
  keywords: ['time', 'clock', 'ntp', 'sync', 'drift', 'chrony'],
  description: `Asks whether the clock of this machine is synchronised: \`timedatectl show\` where systemd runs, which tells the kernel's own flag whatever program sets it (systemd-timesyncd, chrony, ntpd, a hypervisor's), and \`chronyc tracking\` where chrony is installed and answers.

Reports:
- **synchronisation** (medium) when the clock is not synchronised, and the machine was not started less than \`settle\` ago; whether a service is switched on for it at all is told apart.
- **offset** when chrony knows the clock to be off by more than \`maxOffset\`.

Where neither is there, as in most containers, there is nothing to look at: a container has the clock of its machine. Where systemd runs and its answer can't be had, this is unknown, and so it is on macOS and Windows. Tried against stand-ins that answer in the documented forms.`,
  standalone: true,
  params: timeParams,
  timeoutMs: 20_000,

  async read(reader, _params, { signal }) {
    const identity = { resource: resourceId('host', reader.machineId, 'clock', 'system'), name: 'clock' };
    const sync = await reader.timeSync(signal);
    if (sync.status === 'unknown') return [{ status: 'unknown', ...identity, failure: sync.failure }];
    return sync.value === null ? [] : [{ status: 'seen', ...identity, facts: timeFacts.parse(sync.value) }];
  },

  judge(seen, params) {
    const facts = timeFacts.parse(seen.facts);
    return [judgeSync(facts, params), judgeOffset(facts, params)].filter((draft) => draft !== null);
  },
};

function judgeSync(facts: TimeFacts, params: TimeParams): FindingDraft | null {
  if (facts.synchronised || (facts.uptimeMs !== null && facts.uptimeMs < params.settle)) return null;
  const isOff = facts.service === false;
  return {
    discriminator: 'synchronisation',
    severity: 'medium',
    evidenceClass: isOff ? 'off' : 'failing',
    title: isOff
      ? 'Nothing keeps the clock right: time synchronisation is off'
      : `The clock is not synchronised${facts.service === true ? ', although a service is meant to do it' : ''}`,
    why: WHY,
    next: isOff
      ? 'Switch it on: timedatectl set-ntp true'
      : 'See what it says: timedatectl timesync-status; or chronyc sources. Is UDP port 123 open to the outside?',
    evidence: timeEvidence(facts),
  };
}

function judgeOffset(facts: TimeFacts, params: TimeParams): FindingDraft | null {
  const off = Math.round(Math.abs(facts.offsetSeconds ?? 0) * 1_000);
  if (off <= params.maxOffset) return null;
  return {
    discriminator: 'offset',
    severity: off > MINUTE_MS ? 'high' : 'medium',
    title: `The clock is off by ${off < 1_000 ? `${off} ms` : formatDuration(off)}, as chrony reckons`,
    why: WHY,
    next: 'See how it goes on: chronyc tracking; chronyc sources -v. To set it at once: chronyc makestep',
    evidence: timeEvidence(facts),
  };
}

const MINUTE_MS = 60_000;
const WHY =
  'With a wrong clock certificates and tokens are refused, logs of two machines do not fit together, and clusters fall apart.';

function timeEvidence(facts: TimeFacts): Evidence[] {
  return [
    ...evidenceFrom(facts.source, ['synchronised', facts.synchronised], ['service switched on', facts.service]),
    ...evidenceFrom('chronyc tracking', ['offset in seconds', facts.offsetSeconds]),
    ...evidenceFrom('/proc/uptime', [
      'started',
      facts.uptimeMs === null ? null : `${formatDuration(facts.uptimeMs)} ago`,
    ]),
  ];
}
