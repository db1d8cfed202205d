import type { Evidence, FindingDraft, History } from '../../domain/check.ts';
import { formatBytes } from '../../domain/bytes.ts';
import { formatDuration } from '../../domain/duration.ts';
import { formatPercent } from '../../domain/percent.ts';
import { isAtLeast, type Severity } from '../../domain/severity.ts';
import { evidenceFrom } from '../evidence.ts';
import { shellQuote } from '../shell-quote.ts';
import { diskSample, type DiskFacts } from './disk-facts.ts';
import type { DiskParams } from './disk-params.ts';
import { growthOf, type Growth, type Point } from './growth.ts';

export function judgeSpace(name: string, facts: DiskFacts, params: DiskParams, history: History): FindingDraft | null {
  const open = history.open.get('space') ?? null;
  const percent = share(facts.usedBytes, facts.availableBytes);
  const growth = growthOf(earlierAndNow(facts, history), facts.availableBytes, facts.totalBytes * TOLERANCE);
  const level = spaceSeverity(percent, facts.availableBytes, params, open);
  const filling = fillingSeverity(growth, params, open);
  const severity = worse(level, filling);
  if (severity === null) return null;
  const figures = `${formatPercent(percent)} full, ${formatBytes(facts.availableBytes)} left`;
  const soon =
    filling === null || growth === null
      ? null
      : `full in about ${formatDuration(growth.fullInMs)} at ${formatBytes(growth.perHour)} an hour`;
  return {
    discriminator: 'space',
    severity,
    evidenceClass: level === null ? 'filling' : 'level',
    title:
      level === null
        ? `${name} will be ${soon ?? 'full'} (${figures})`
        : `${name} is ${figures}${soon === null ? '' : `, ${soon}`}`,
    why: 'A full file system makes databases stop, logs go missing and updates fail half-way, often without a plain message.',
    next: lookForSpace(facts),
    evidence: [
      ...mountEvidence(facts),
      ...evidenceFrom(
        statfs(facts),
        ['used', `${formatBytes(facts.usedBytes)} (${formatPercent(percent)})`],
        ['left', formatBytes(facts.availableBytes)],
        ['size', formatBytes(facts.totalBytes)],
      ),
      ...growthEvidence(growth),
    ],
  };
}

export function judgeInodes(name: string, facts: DiskFacts, params: DiskParams, history: History): FindingDraft | null {
  if (facts.inodes === 0) return null;
  const percent = share(facts.inodesUsed, facts.inodesFree);
  const severity = inodesSeverity(percent, params, history.open.get('inodes') ?? null);
  if (severity === null) return null;
  return {
    discriminator: 'inodes',
    severity,
    title: `${name} has used ${formatPercent(percent)} of its inodes, ${count(facts.inodesFree)} left`,
    why: 'Without a free inode no file can be made, however much space is left; programs then report a full disk.',
    next: lookForFiles(facts),
    evidence: [
      ...mountEvidence(facts),
      ...evidenceFrom(
        statfs(facts),
        ['inodes used', `${count(facts.inodesUsed)} (${formatPercent(percent)})`],
        ['inodes left', count(facts.inodesFree)],
      ),
    ],
  };
}

/** What is still the same amount although the figures moved a little: a half percent of the size. */
const TOLERANCE = 0.005;

/** As df reckons: of what is used and what someone who is not root may still use. */
function share(used: number, free: number): number {
  return used + free === 0 ? 0 : (100 * used) / (used + free);
}

function spaceSeverity(percent: number, free: number, params: DiskParams, open: Severity | null): Severity | null {
  const plenty = free >= params.plentyFree * (open === null ? 1 : KEEP);
  if (percent >= params.critical - margin(params, open, 'high')) {
    if (plenty) return 'medium';
    return free < params.criticalFree * (open === 'critical' ? KEEP : 1) ? 'critical' : 'high';
  }
  return percent >= params.warn - margin(params, open, 'info') && !plenty ? 'medium' : null;
}

function fillingSeverity(growth: Growth | null, params: DiskParams, open: Severity | null): Severity | null {
  if (growth === null || params.fullWithin === 0) return null;
  const patience = open === null ? 1 : KEEP_FILLING;
  if (growth.fullInMs >= params.fullWithin * patience) return null;
  return growth.fullInMs < DAY_MS * (open !== null && isAtLeast(open, 'high') ? KEEP_FILLING : 1) ? 'high' : 'medium';
}

function inodesSeverity(percent: number, params: DiskParams, open: Severity | null): Severity | null {
  if (percent >= params.inodesCritical - margin(params, open, 'high'))
    return percent >= NO_INODES ? 'critical' : 'high';
  return percent >= params.inodesWarn - margin(params, open, 'info') ? 'medium' : null;
}

const DAY_MS = 86_400_000;
const NO_INODES = 99;
/** What an open finding asks more of the same figure before it lets go. */
const KEEP = 1.1;
const KEEP_FILLING = 1.25;

/** The hysteresis: only a finding that is open as `severity` or worse has it. */
function margin(params: DiskParams, open: Severity | null, severity: Severity): number {
  return open !== null && isAtLeast(open, severity) ? params.margin : 0;
}

function worse(a: Severity | null, b: Severity | null): Severity | null {
  if (a === null || b === null) return a ?? b;
  return isAtLeast(a, b) ? a : b;
}

/** Earlier amounts of this very file system: one that was resized or replaced starts anew. */
function earlierAndNow(facts: DiskFacts, history: History): readonly Point[] {
  const points: Point[] = [{ at: history.now, amount: facts.usedBytes }];
  for (const sample of history.samples) {
    const values = diskSample.safeParse(sample.values);
    if (!values.success || sample.at >= history.now) continue;
    if (Math.abs(values.data.totalBytes - facts.totalBytes) > facts.totalBytes * 0.01) break;
    points.push({ at: sample.at, amount: values.data.usedBytes });
  }
  return points;
}

function statfs(facts: DiskFacts): string {
  return `statfs(${facts.mountPoint})`;
}

function mountEvidence(facts: DiskFacts): Evidence[] {
  const what = [facts.device, facts.fsType].filter((part) => part !== '').join(', ');
  return evidenceFrom('/proc/self/mountinfo', ['file system', what === '' ? null : what]);
}

function growthEvidence(growth: Growth | null): Evidence[] {
  if (growth === null) return [];
  return evidenceFrom(
    `${growth.points} looks over ${formatDuration(growth.watchedMs)}`,
    ['growth', `${formatBytes(growth.perHour)} an hour`],
    ['full in', formatDuration(growth.fullInMs)],
  );
}

function lookForSpace(facts: DiskFacts): string {
  if (!facts.posix) return 'See what takes the room in Settings > System > Storage.';
  const place = shellQuote(facts.mountPoint);
  return `See what takes the room: du -xhd 1 ${place} | sort -h | tail. Deleted files that a program still holds: lsof +L1 ${place}`;
}

function lookForFiles(facts: DiskFacts): string {
  return `See which folder holds so many files: du --inodes -xd 1 ${shellQuote(facts.mountPoint)} | sort -n | tail`;
}

function count(number: number): string {
  return number.toLocaleString('en-GB');
}
