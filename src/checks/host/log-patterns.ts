import type { Check, Failure, Observation, ReadContext, Sample } from '../../domain/check.ts';
import { formatBytes } from '../../domain/bytes.ts';
import { digestOf } from '../../domain/digest.ts';
import { printable } from '../../domain/printable.ts';
import { resourceId } from '../../domain/resource-id.ts';
import type { HostReader, LogLook, LogPlace } from '../../providers/host/reader.ts';
import { LineCounts } from './line-counts.ts';
import { logFacts, logSample, type PatternCount } from './log-patterns-facts.ts';
import { isReached, judgeLines } from './log-patterns-judgement.ts';
import { logPatternsParams, type LogPatternsParams } from './log-patterns-params.ts';

export const check: Check<HostReader, LogPatternsParams> = {
  id: 'host/log-patterns',
  title: 'Patterns in log files',
  keywords: ['log', 'error', 'pattern', 'message'],
  description: `Looks through the lines that came to log files since the last look, for texts that you name. A pattern is a text anywhere in the line, with \`*\` for anything in between: no regular expressions, so that no line takes for ever.

Reports one finding for each pattern that fits \`atLeast\` lines, with the last five of them, cut to 300 characters and redacted. A finding is resolved by looks in which the pattern does not come.

The first look begins at the end of the file, and says so; so does one without memory (\`checks run\`). Later ones go on where the last one ended, which is known by the file's inode and by what it holds up to there. When the file was rotated meanwhile, its rest is read where it was moved or copied to in the same folder, and what followed (up to five files); a file that was truncated is read from its beginning. Not noticed is a file that was empty at the last look and was filled, copied and emptied since. A last line without an end counts once nothing was added to it for a minute.

Of what came, the last \`atMost\` is read; of a line of more than 64 KiB its beginning. When a part could not be read, because it was too much or because the rest of a rotated file is not to be found (packed at once, or deleted: \`delaycompress\` helps), and no pattern came in what was read, the lines are unknown. So they are when the file may not be read or, unless \`mayBeMissing\`, is not there; then nothing is skipped, the next look goes on where the last one ended. Give a file one entry with all its patterns: two entries of one runbook do not disturb each other, but read it twice.

Tried against real files that grew, were rotated, cut, sparse or gone, as root and as another user.`,
  standalone: false,
  params: logPatternsParams,
  timeoutMs: 60_000,

  async read(reader, params, context) {
    const paths = typeof params.path === 'string' ? [params.path] : params.path;
    const observations: Observation[] = [];
    for (const path of paths) observations.push(...(await lookAt(reader, path, params, context)));
    return observations;
  },

  judge(seen) {
    const facts = logFacts.parse(seen.facts);
    return facts.about === 'lines' ? judgeLines(facts) : [];
  },

  sample(seen) {
    const facts = logFacts.parse(seen.facts);
    return facts.about === 'file' ? logSample.parse(facts) : null;
  },

  summary(seen) {
    const first = seen
      .map(({ facts }) => logFacts.parse(facts))
      .filter((facts) => facts.about === 'file' && facts.since === 'first-look')
      .map(({ path }) => printable(path));
    return first.length === 0
      ? null
      : `first look at ${first.join(', ')}: it began at the end, and lines that come from now on are looked at`;
  },
};

async function lookAt(
  reader: HostReader,
  path: string,
  params: LogPatternsParams,
  { clock, signal, earlier }: ReadContext,
): Promise<Observation[]> {
  const [file, lines] = identitiesOf(reader, path);
  const asked = digestOf('log-patterns', params.patterns).slice(7, 23);
  const before = lastPlace(earlier(file.resource), asked);
  const counts = new LineCounts(params);
  const now = clock.now();
  const looked = await reader.newLines({
    path,
    from: before?.place ?? null,
    limitBytes: params.atMost,
    now,
    onLine: (line) => counts.add(line),
    signal,
  });
  if (looked.status === 'unknown') return hidden([file, lines], looked.failure);
  const log = looked.value;
  if (log === null) {
    if (!params.mayBeMissing) return hidden([file, lines], missing(file.name));
    // What is left of the file that was there is read when there is one again.
    const place = { ...(before?.place ?? NOT_YET) };
    return [{ status: 'seen', ...file, facts: { about: 'file', path, place, asked, since: 'missing' } }];
  }
  const facts = { about: 'file', path, place: { ...log.place }, asked, since: log.since };
  const read: Observation = { status: 'seen', ...file, facts };
  if (log.since === 'first-look' || before === null) return [read];
  const patterns = counts.result();
  const failure = notRead(file.name, log, patterns);
  if (failure !== null) return [read, { status: 'unknown', ...lines, failure }];
  const { since, lines: count, cutLines, bytesRead, bytesSkipped, isRestLost } = log;
  const common = { about: 'lines', path, since, sinceMs: Math.max(0, now - before.at) };
  return [
    read,
    {
      status: 'seen',
      ...lines,
      facts: { ...common, lines: count, cutLines, bytesRead, bytesSkipped, isRestLost, patterns },
    },
  ];
}

/** A file that is not there yet: all of it will be new. */
const NOT_YET: LogPlace = { ino: '', offset: 0, head: '', tail: '' };

/** Where an entry that asked for the same left off; a new one goes on where another did, if any. */
function lastPlace(
  samples: readonly Sample[],
  asked: string,
): { readonly at: number; readonly place: LogPlace } | null {
  const places = samples.flatMap(({ at, values }) => {
    const sample = logSample.safeParse(values);
    return sample.success ? [{ at, ...sample.data }] : [];
  });
  return places.find((place) => place.asked === asked) ?? places[0] ?? null;
}

type Identity = Pick<Observation, 'resource' | 'name'>;

/** The file and its lines are two resources: when a part could not be read, the lines are hidden, and yet it is known how far it was read. */
function identitiesOf(reader: HostReader, path: string): readonly [Identity, Identity] {
  const name = printable(path);
  return [
    { resource: resourceId('host', reader.machineId, 'log', path), name },
    { resource: resourceId('host', reader.machineId, 'log-lines', path), name },
  ];
}

function hidden(identities: readonly Identity[], failure: Failure): Observation[] {
  return identities.map((identity) => ({ status: 'unknown', ...identity, failure }));
}

function missing(name: string): Failure {
  return { code: 'ENOENT', message: `${name} does not exist; if that may be, say "mayBeMissing: true".` };
}

/** Why a pattern that did not come may have come all the same. */
function notRead(
  name: string,
  { bytesSkipped, isRestLost, since, lines }: LogLook,
  patterns: readonly PatternCount[],
): Failure | null {
  if (patterns.some(isReached)) return null;
  if (bytesSkipped > 0) {
    return {
      code: 'LOG_TOO_MUCH',
      message: `${formatBytes(bytesSkipped)} that came to ${name} were not read, and no pattern came in the last ${lines} lines; read more with "atMost", or look more often.`,
    };
  }
  return isRestLost
    ? {
        code: 'LOG_REST_LOST',
        message: `${name} was ${since} since the last look, and what was written to it before that is not to be found; let logrotate pack it a round later (delaycompress).`,
      }
    : null;
}
