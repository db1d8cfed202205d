import * as z from 'zod';
import type { Check, Evidence, FindingDraft, Observation } from '../../domain/check.ts';
import { formatBytes } from '../../domain/bytes.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import { resourceId } from '../../domain/resource-id.ts';
import type { FilesSeen, HostReader } from '../../providers/host/reader.ts';
import { durationParam } from '../duration-param.ts';
import { evidenceFrom } from '../evidence.ts';
import { shellQuote } from '../shell-quote.ts';
import { sizeParam } from '../size-param.ts';
import { filePatternParam } from './file-pattern-param.ts';

const fileAgeParams = z.strictObject({
  path: z
    .union([filePatternParam(), z.array(filePatternParam()).min(1)])
    .describe(
      'Where the files are: a path, or a pattern with `*`, `?`, `[…]` and `{…}` within a name and `**` for any depth. `~/` is the home folder. Several are looked at one by one.',
    ),
  olderThan: durationParam('1m', '3650d').describe(
    'Report (medium) when the newest is older than this, and as high when it is older than twice this. Leave some room: `26h` for what is made every day.',
  ),
  minSize: sizeParam()
    .prefault('1 B')
    .describe('Report when the newest is smaller than this (medium), or empty (high). Not for folders.'),
  kind: z
    .enum(['file', 'folder'])
    .default('file')
    .describe(
      'Whether the pattern means files or folders; of a folder its own time counts, not that of what is in it.',
    ),
});

type FileAgeParams = z.output<typeof fileAgeParams>;

const file = z.object({ path: z.string(), sizeBytes: z.number(), modifiedAt: z.number() });
const fileAgeFacts = z.object({
  pattern: z.string(),
  matched: z.number(),
  newest: file.nullable(),
  ahead: file.nullable(),
  missingFolder: z.string().nullable(),
  dangling: z.number(),
});
type FileAgeFacts = z.output<typeof fileAgeFacts>;

/** How far a clock may be ahead before we call it the future: file servers keep their own time. */
const SKEW_MS = 5 * 60_000;

export const check: Check<HostReader, FileAgeParams> = {
  id: 'host/file-age',
  title: 'Age and size of the newest file',
  keywords: ['file', 'age', 'backup', 'stale', 'old', 'newest'],
  description: `Looks for the newest file under a path or pattern: a backup that stopped being made says nothing itself.

Reports:
- **age** when the newest is older than \`olderThan\`, when nothing matches, or when the folder is not there at all (both high).
- **size** when the newest is smaller than \`minSize\`.
- **clock** (low) when a file is from the future, by more than five minutes. Such a file does not count as the newest, as it would hide for ever that none came after it.

A folder or file that may not be read makes this unknown, unless something new enough was found all the same. Symbolic links are followed to files, and to folders but for \`**\`; a name with a leading dot must be written with its dot. At most 200,000 entries are looked at.

Tried against real files of every kind on Linux, a file system that hangs among them.`,
  standalone: false,
  params: fileAgeParams,
  timeoutMs: 60_000,

  async read(reader, params, { signal, clock }) {
    const paths = typeof params.path === 'string' ? [params.path] : params.path;
    return Promise.all(paths.map((path) => look(reader, path, params, clock.now(), signal)));
  },

  judge(seen, params, history) {
    const facts = fileAgeFacts.parse(seen.facts);
    return [judgeAge(facts, params, history.now), judgeSize(facts, params), judgeClock(facts, history.now)].filter(
      (draft) => draft !== null,
    );
  },
};

async function look(
  reader: HostReader,
  path: string,
  params: FileAgeParams,
  now: number,
  signal: AbortSignal,
): Promise<Observation> {
  const identity = { resource: resourceId('host', reader.machineId, 'file', path), name: printable(path) };
  const files = await reader.files(path, params.kind, now + SKEW_MS, signal);
  if (files.status === 'unknown') return { status: 'unknown', ...identity, failure: files.failure };
  const facts = { pattern: path, ...files.value };
  const failure = hiddenPart(files.value, identity.name);
  const allIsWell =
    files.value.newest !== null && judgeAge(facts, params, now) === null && judgeSize(facts, params) === null;
  if (failure !== null && !allIsWell) return { status: 'unknown', ...identity, failure };
  return { status: 'seen', ...identity, facts: fileAgeFacts.parse(facts) };
}

/** Why what was found may not be the newest there is. */
function hiddenPart({ unreadable, cut }: FilesSeen, name: string): { code: string; message: string } | null {
  const [first] = unreadable;
  if (first !== undefined) {
    return {
      code: first.code,
      message: `${printable(first.path)} may not be read or did not answer (${first.code}), and nothing new enough was found elsewhere under ${name}.`,
    };
  }
  return cut
    ? {
        code: 'TOO_MANY',
        message: `There are too many files under ${name} to look at all of them, and nothing new enough was among those seen; write a narrower pattern.`,
      }
    : null;
}

function judgeAge(facts: FileAgeFacts, params: FileAgeParams, now: number): FindingDraft | null {
  const { newest, missingFolder } = facts;
  // A file from the future says that something came, but not when: the clock finding speaks of it.
  if (newest === null && facts.ahead !== null) return null;
  if (newest === null) return missingFolder === null ? nothingThere(facts, params) : noFolder(facts, missingFolder);
  const age = now - newest.modifiedAt;
  if (age <= params.olderThan) return null;
  return {
    ...ageCommon(facts, now),
    severity: age > 2 * params.olderThan ? 'high' : 'medium',
    evidenceClass: 'old',
    title: `The newest of ${printable(facts.pattern)} is ${formatDuration(age)} old, more than ${formatDuration(params.olderThan)}`,
    next: `See what is there: ls -lt ${shellQuote(folderOf(newest.path))} | head. Then look at the job that should have made a newer one.`,
  };
}

function nothingThere(facts: FileAgeFacts, params: FileAgeParams): FindingDraft {
  const links = facts.dangling > 0 ? '; links that lead nowhere fit' : '';
  return {
    ...ageCommon(facts, 0),
    severity: 'high',
    evidenceClass: 'none',
    title: `No ${params.kind} is to be found at ${printable(facts.pattern)}${links}`,
    next: `See what is there: ls -la ${shellQuote(plainFolder(facts.pattern))}. Is the pattern right, and did the job ever run?`,
  };
}

function noFolder(facts: FileAgeFacts, folder: string): FindingDraft {
  return {
    ...ageCommon(facts, 0),
    severity: 'high',
    evidenceClass: 'no-folder',
    title: `The folder ${printable(folder)} does not exist`,
    next: `See whether a disk should be mounted there: findmnt -T ${shellQuote(folder)}; ls -la ${shellQuote(folderOf(folder))}`,
  };
}

function ageCommon(facts: FileAgeFacts, now: number): Pick<FindingDraft, 'discriminator' | 'why' | 'evidence'> {
  return {
    discriminator: 'age',
    why: 'A backup or an export that is not made any more is missed only on the day that it is needed.',
    evidence: fileEvidence(facts, now),
  };
}

function judgeSize(facts: FileAgeFacts, params: FileAgeParams): FindingDraft | null {
  const { newest } = facts;
  if (newest === null || params.kind === 'folder' || newest.sizeBytes >= params.minSize) return null;
  const size = newest.sizeBytes === 0 ? 'empty' : `only ${formatBytes(newest.sizeBytes)}`;
  return {
    discriminator: 'size',
    severity: newest.sizeBytes === 0 ? 'high' : 'medium',
    evidenceClass: newest.sizeBytes === 0 ? 'empty' : 'small',
    title: `The newest of ${printable(facts.pattern)} is ${size}, less than ${formatBytes(params.minSize)}`,
    why: 'A job that fails half-way leaves a file behind that looks like a backup and is none.',
    next: `Look into it and at the job that made it: ls -la ${shellQuote(newest.path)}`,
    evidence: fileEvidence(facts, 0),
  };
}

function judgeClock(facts: FileAgeFacts, now: number): FindingDraft | null {
  const { ahead } = facts;
  if (ahead === null) return null;
  return {
    discriminator: 'clock',
    severity: 'low',
    title: `${printable(ahead.path)} is from the future, by ${formatDuration(ahead.modifiedAt - now)}`,
    why: 'Ages can not be told while the clock here or the one that wrote the file is wrong.',
    next: `Compare the clocks: date -u; stat ${shellQuote(ahead.path)}; timedatectl`,
    evidence: evidenceFrom(`stat(${ahead.path})`, ['file', ahead.path], ['modified', instant(ahead.modifiedAt)]),
  };
}

function fileEvidence({ newest, pattern, matched, dangling }: FileAgeFacts, now: number): Evidence[] {
  return [
    ...evidenceFrom(pattern, ['matches', matched], ['links that lead nowhere', dangling === 0 ? null : dangling]),
    ...(newest === null
      ? []
      : evidenceFrom(
          `stat(${newest.path})`,
          ['newest', newest.path],
          ['modified', instant(newest.modifiedAt)],
          ['age', now === 0 ? null : formatDuration(Math.max(0, now - newest.modifiedAt))],
          ['size', formatBytes(newest.sizeBytes)],
        )),
  ];
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

/** The folder of a pattern before its first wildcard. */
function plainFolder(pattern: string): string {
  const wildcard = pattern.search(/[*?[\]{}]/);
  return folderOf(wildcard < 0 ? pattern : pattern.slice(0, wildcard));
}
