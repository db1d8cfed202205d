import * as z from 'zod';
import type { ActionContext, Identified, Observed } from '../../../domain/action.ts';
import { formatBytes } from '../../../domain/bytes.ts';
import { formatDuration } from '../../../domain/duration.ts';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import { resourceId } from '../../../domain/resource-id.ts';
import type { SealedStep } from '../../../domain/plan.ts';
import type { HostReader, OldFiles, OldFilesQuestion } from '../../../providers/host/reader.ts';
import type { FileSet } from '../../../providers/host/writer.ts';
import { durationParam } from '../duration-param.ts';
import { pathParam } from '../path-param.ts';
import { hostTarget } from './host-target.ts';

/** The parameters of what is done with the old files of a folder. */
export const oldSetParams = {
  path: pathParam().describe('The folder, whole: it, or where it really is, lies under one of `host.pruneRoots`.'),
  olderThan: durationParam('1h', '3650d').describe(
    'Only files that were last written longer ago than this, reckoned from when the plan is sealed: `30d`, `12h`.',
  ),
  include: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^/\0]+$/, { error: 'a pattern for the name alone, without "/"' })
    .nullable()
    .default(null)
    .describe(
      'Only files whose name fits this pattern (`*.log`, `app-?.json`). Without it every name but those that begin with a dot.',
    ),
  before: z
    .int()
    .nullable()
    .default(null)
    .describe(
      'The instant that `olderThan` came to when the plan was sealed. Set by sealing, whatever is written here.',
    ),
};

interface OldSetParams {
  readonly path: string;
  readonly olderThan: number;
  readonly include: string | null;
  readonly before: number | null;
}

/** What of a look depends on the action. */
export type SetKind = Pick<OldFilesQuestion, 'kind' | 'minBytes'>;

/** The same files however much time passes between sealing and applying. */
export function fixBefore<Params extends OldSetParams>(params: Params, { clock }: ActionContext): Params {
  return { ...params, before: Math.floor(clock.now() - params.olderThan) };
}

export async function identifyFolder(
  reader: HostReader,
  { path }: OldSetParams,
  { settings }: ActionContext,
): Promise<Looked<Identified>> {
  const place = await reader.prunePlace(path, settings.host);
  if (place.status === 'unknown') return place;
  const name = place.value?.path ?? path;
  return seen({
    target: hostTarget(reader),
    resource: resourceId('host', reader.machineId, 'folder', name),
    name,
  });
}

/** Sealed: the folder by its inode, the set by its digest, its count and size, and the instant it is reckoned from. */
export async function observeSet(
  reader: HostReader,
  params: OldSetParams,
  kind: SetKind,
  { settings, clock, signal }: ActionContext,
): Promise<Looked<Observed>> {
  const place = await reader.prunePlace(params.path, settings.host);
  if (place.status === 'unknown') return place;
  if (place.value === null) return seen({ identity: null, rests: {}, shown: { folder: 'not there' }, version: null });
  const { root, path, ino } = place.value;
  const latest = clock.now() - params.olderThan;
  const before = params.before ?? Math.floor(latest);
  if (before > latest) return clockSetBack(params.olderThan);
  const found = await reader.oldFiles({ folder: path, before, include: params.include, ...kind }, signal);
  if (found.status === 'unknown') return found;
  const { files, bytes, digest } = found.value;
  return seen({
    identity: { root, path, ino },
    rests: { manifest: digest, files: files.length, bytes, before },
    shown: shownSet(found.value, before),
    version: null,
  });
}

/** The files of a set that was just observed; they must still be those. */
export async function filesOf(
  reader: HostReader,
  params: OldSetParams,
  kind: SetKind,
  observed: Pick<Observed, 'identity' | 'rests'>,
  signal: AbortSignal,
): Promise<Looked<OldFiles>> {
  const { folder, before, digest } = setOf(params, kind, observed);
  const found = await reader.oldFiles({ folder, before, include: params.include, ...kind }, signal);
  if (found.status === 'unknown' || found.value.digest === digest) return found;
  return unknown('SET_MOVED', `The files under ${folder} changed while they were looked at; try again.`);
}

/** What the writer is handed: everything from what was sealed. */
export function setOf(
  params: Pick<OldSetParams, 'include'>,
  kind: SetKind,
  { identity, rests }: Pick<SealedStep['before'], 'identity' | 'rests'>,
): FileSet {
  const { root, path } = sealedIdentity.parse(identity);
  const { manifest, before } = sealedRests.parse(rests);
  return { root, folder: path, before, include: params.include, ...kind, digest: manifest };
}

/** How many files of a set there are, and how much. */
export function sizeOf(observed: Pick<Observed, 'rests'>): { readonly files: number; readonly bytes: number } {
  return sealedRests.parse(observed.rests);
}

/** `12 files, 3.4 MiB`. */
export function countWords(files: number, bytes: number): string {
  return `${files} ${files === 1 ? 'file' : 'files'}, ${formatBytes(bytes)}`;
}

export const isDigest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);

const sealedIdentity = z.object({ root: z.string(), path: z.string() });
const sealedRests = z.object({ manifest: isDigest, files: z.number(), bytes: z.number(), before: z.number() });

function shownSet({ files, bytes, linked, passedBy }: OldFiles, before: number) {
  const times = files.map(({ mtimeNs }) => Number(BigInt(mtimeNs) / 1_000_000n));
  return {
    'last written before': new Date(before).toISOString(),
    files: files.length,
    size: formatBytes(bytes),
    ...(times.length === 0 ? {} : { oldest: new Date(times.reduce((a, b) => Math.min(a, b))).toISOString() }),
    ...(linked === 0 ? {} : { 'with other names besides': linked }),
    ...(passedBy.length === 0 ? {} : { 'passed by': passedBy }),
  };
}

function clockSetBack(olderThan: number): Looked<never> {
  return unknown(
    'CLOCK_SET_BACK',
    `The clock says that less than ${formatDuration(olderThan)} passed since the instant that the plan counts from, so the clock was set back: look at it (date -u) and make a new plan.`,
  );
}
