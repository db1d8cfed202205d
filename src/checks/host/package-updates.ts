import * as z from 'zod';
import { SAMPLES_KEPT, type Check, type Evidence, type FindingDraft, type History } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { resourceId } from '../../domain/resource-id.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { durationParam } from '../duration-param.ts';
import { evidenceFrom } from '../evidence.ts';

const updateParams = z.strictObject({
  after: durationParam('0s', '30d')
    .prefault('2d')
    .describe(
      'Report as high when a security update has waited longer than this, as earlier looks saw it; before that as low, as automatic upgrades come once a day.',
    ),
  listsAge: durationParam('1h', '365d')
    .prefault('14d')
    .describe("Report (medium) when apt's lists are older than this: what came since can not be known."),
});

type UpdateParams = z.output<typeof updateParams>;

const updateFacts = z.object({
  source: z.string(),
  listsAt: z.number(),
  all: z.number(),
  security: z.number(),
  /** `name version`, sorted, at most PACKAGES_KEPT. */
  packages: z.array(z.string()),
});

type UpdateFacts = z.output<typeof updateFacts>;

/** How many packages are remembered by name. */
const PACKAGES_KEPT = 50;

const updateSample = updateFacts.pick({ packages: true });

export const check: Check<HostReader, UpdateParams> = {
  id: 'host/package-updates',
  title: 'Security updates that wait',
  keywords: ['update', 'upgrade', 'patch', 'security', 'package', 'vulnerable', 'outdated'],
  description: `Lets apt try an upgrade without doing it (\`apt-get -s dist-upgrade\`), which needs no root, no lock and no network, and looks which of the packages would come from a security archive (\`…-security\`, \`Debian-Security\`).

Reports:
- **security** (low) when there are such updates, and as high when at every look for longer than \`after\`, or at each of the last ${SAMPLES_KEPT} looks, one and the same was among them.
- **lists** (medium) when apt's lists have not been renewed for longer than \`listsAge\`: the answer is no newer than they are. This check loads none itself.

Packages that are held back do not count. Where there is no apt, or where its lists were never loaded, there is nothing to look at: dnf, zypper, pacman, Homebrew and Windows Update do not tell without root or the network, and are not asked. A container has nothing to look at either, as it is renewed as an image. When apt is there and can't tell (a broken state of its packages), this is unknown. Tried against the apt of Debian 12, and for Ubuntu against lines as its apt prints them.`,
  standalone: true,
  params: updateParams,
  timeoutMs: 60_000,

  async read(reader, _params, { signal }) {
    const identity = { resource: resourceId('host', reader.machineId, 'packages', 'apt'), name: 'packages' };
    const found = await reader.securityUpdates(signal);
    if (found.status === 'unknown') return [{ status: 'unknown', ...identity, failure: found.failure }];
    if (found.value === null) return [];
    const { source, listsAt, all, updates } = found.value;
    const packages = updates.map(({ name, to }) => `${name} ${to}`).toSorted();
    const facts = { source, listsAt, all, security: updates.length, packages: packages.slice(0, PACKAGES_KEPT) };
    return [{ status: 'seen', ...identity, facts: updateFacts.parse(facts) }];
  },

  judge(seen, params, history) {
    const facts = updateFacts.parse(seen.facts);
    return [judgeSecurity(facts, params, history), judgeLists(facts, params, history.now)].filter(
      (draft) => draft !== null,
    );
  },

  sample: (seen) => updateSample.parse(seen.facts),
};

function judgeSecurity(facts: UpdateFacts, params: UpdateParams, history: History): FindingDraft | null {
  if (facts.security === 0) return null;
  const { ms, looks } = waitOf(facts.packages, history);
  const isLong = ms > params.after || looks >= SAMPLES_KEPT;
  return {
    discriminator: 'security',
    severity: isLong ? 'high' : 'low',
    title: `${facts.security === 1 ? 'A security update waits' : `${facts.security} security updates wait`} to be installed${isLong ? `, one for ${formatDuration(ms)} or longer` : ''}`,
    why: 'Their faults are public from the day that the update is out, and so is how to use them.',
    next: 'See them: apt list --upgradable. Install them: apt-get upgrade; or let unattended-upgrades do it.',
    evidence: updateEvidence(facts),
  };
}

function judgeLists(facts: UpdateFacts, params: UpdateParams, now: number): FindingDraft | null {
  const age = now - facts.listsAt;
  if (age <= params.listsAge) return null;
  return {
    discriminator: 'lists',
    severity: 'medium',
    title: `The lists of packages are ${formatDuration(age)} old, so that newer security updates are not known`,
    why: 'Without new lists nobody notices an update, neither this check nor an automatic upgrade.',
    next: 'Renew them: apt-get update. Why it does not happen by itself: systemctl status apt-daily.timer apt-daily.service',
    evidence: updateEvidence(facts),
  };
}

/** How long, and over how many looks in a row, one and the same of these updates was seen to wait. */
function waitOf(
  packages: readonly string[],
  { samples, now }: History,
): { readonly ms: number; readonly looks: number } {
  let waiting: ReadonlySet<string> = new Set(packages);
  let [since, looks] = [now, 0];
  for (const { at, values } of samples) {
    const sample = updateSample.safeParse(values);
    waiting = waiting.intersection(new Set(sample.success ? sample.data.packages : []));
    if (waiting.size === 0) break;
    since = Math.min(since, at);
    looks += 1;
  }
  return { ms: now - since, looks };
}

function updateEvidence(facts: UpdateFacts): Evidence[] {
  return [
    ...evidenceFrom(
      facts.source,
      ['security updates', facts.security],
      ['updates in all', facts.all],
      ['packages', facts.packages.length === 0 ? null : facts.packages.slice(0, 20)],
    ),
    ...evidenceFrom('/var/lib/apt/lists', ['lists renewed', new Date(facts.listsAt).toISOString()]),
  ];
}
