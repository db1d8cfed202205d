import type { FindingDraft } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import { evidenceFrom } from '../evidence.ts';
import { shellQuote } from '../shell-quote.ts';
import type { DiskStateFacts, Ext4Facts, RaidFacts } from './disk-health-facts.ts';

export function judgeArray(facts: RaidFacts): FindingDraft | null {
  const { missing, disks, doing } = facts;
  const name = `The array ${printable(facts.name)}${facts.level === '' ? '' : ` (${printable(facts.level)})`}`;
  const isDown = facts.state === 'inactive';
  const isRebuilt = doing === 'recover' || doing === 'resync' || doing === 'reshape';
  if (!isDown && (missing ?? 0) === 0) return null;
  const lacks = `${missing ?? 0} of ${disks} disks missing`;
  return {
    discriminator: 'array',
    severity: isDown || isRebuilt ? 'medium' : 'high',
    evidenceClass: isDown ? 'inactive' : isRebuilt ? 'rebuilt' : 'degraded',
    title: isDown ? `${name} is not running` : `${name} has ${lacks}${isRebuilt ? ' and is being rebuilt' : ''}`,
    why: isDown
      ? 'What lies on it can not be reached; often a disk of it was not found at the start.'
      : 'It runs on what it has to spare: the next disk that fails may take the data along.',
    next: `See which disk: mdadm --detail ${shellQuote(devicePath(facts.name))}; cat /proc/mdstat. Before a disk is changed, see that the backups are good.`,
    evidence: evidenceFrom(
      facts.source,
      ['state', facts.state],
      ['disks', disks],
      ['disks missing', missing],
      ['what it does', doing === '' ? null : doing],
    ),
  };
}

export function judgeNotedErrors(facts: Ext4Facts, now: number): FindingDraft | null {
  const { errors, lastAt } = facts;
  if (errors === 0) return null;
  const age = lastAt === null ? null : Math.max(0, now - lastAt);
  return {
    discriminator: 'errors',
    severity: age === null || age < DAY_MS ? 'high' : 'medium',
    title: `The file system on ${printable(facts.name)} noted ${errors === 1 ? 'an error' : `${errors} errors`} of its own${age === null ? '' : `, the last ${formatDuration(age)} ago`}`,
    why: 'Its own records contradict each other, from a failing disk, bad memory or a power cut; files may be damaged and more may come.',
    next: `See what the kernel said: dmesg | grep -i 'EXT4-fs error'. Then check it while it is not mounted: e2fsck -f ${shellQuote(devicePath(facts.name))}; that sets the count back.`,
    evidence: evidenceFrom(
      facts.source,
      ['errors', errors],
      ['last at', lastAt === null ? null : new Date(lastAt).toISOString()],
    ),
  };
}

export function judgeDiskState(facts: DiskStateFacts): FindingDraft | null {
  if (!GIVEN_UP.has(facts.state)) return null;
  return {
    discriminator: 'state',
    severity: 'high',
    title: `The disk ${printable(facts.name)} is ${facts.state}: its driver gave it up`,
    why: 'Nothing on it can be read or written any more.',
    next: `See what happened: dmesg | grep -w ${shellQuote(facts.name)} | tail -n 50. It may be the disk, its cable or its power.`,
    evidence: evidenceFrom(facts.source, ['state', facts.state]),
  };
}

/** The kernel writes the slashes of a device's path as `!`. */
function devicePath(name: string): string {
  return `/dev/${name.replaceAll('!', '/')}`;
}

const DAY_MS = 86_400_000;
/** Of SCSI (scsi_sysfs.c) and of NVMe; what comes and goes by itself (`blocked`, `resetting`) is not among them. */
const GIVEN_UP: ReadonlySet<string> = new Set(['offline', 'transport-offline', 'dead']);
