import * as z from 'zod';
import type {
  ActionContext,
  AppliedStep,
  Identified,
  Observed,
  Preview,
  Verification,
} from '../../../domain/action.ts';
import { formatBytes } from '../../../domain/bytes.ts';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import type { SealedStep } from '../../../domain/plan.ts';
import { printable } from '../../../domain/printable.ts';
import { resourceId } from '../../../domain/resource-id.ts';
import { manifestDigest, type Held, type HostReader, type OldFile } from '../../../providers/host/reader.ts';
import type { HeldSet } from '../../../providers/host/writer.ts';
import { pathParam } from '../path-param.ts';
import { fileLines } from './file-lines.ts';
import { hostTarget } from './host-target.ts';
import { countWords, isDigest } from './old-set.ts';

/** The parameters of what is done with files that a step holds, or noted. */
export const heldParams = z.strictObject({
  root: pathParam().describe('The prune root under which it is held, exactly as in `host.pruneRoots`.'),
  held: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, { error: 'the name of a folder in .holdfast-held' })
    .describe('The name it is held under: a folder in `.holdfast-held` of the root, as the receipt of the step says.'),
});
export type HeldParams = z.output<typeof heldParams>;

/** What the actions on held files differ in. */
export interface HeldWork {
  readonly kind: 'held' | 'compressed';
  /** The files it would do it with. */
  meant(held: Held): readonly OldFile[];
}

export async function identifyHeld(
  reader: HostReader,
  { root, held }: HeldParams,
  { settings }: ActionContext,
): Promise<Looked<Identified>> {
  // A root may hold Holdfast's own folders: what is held under it was taken from a folder clear of them.
  const place = await reader.prunePlace(root, { ...settings.host, keepOut: [] });
  if (place.status === 'unknown') return place;
  if (place.value !== null && place.value.root !== place.value.path)
    return unknown(
      'PATH_NOT_ALLOWED',
      `${printable(root)} is not itself a prune root; name ${printable(place.value.root)}.`,
    );
  const name = `${root}/.holdfast-held/${held}`;
  return seen({ target: hostTarget(reader), resource: resourceId('host', reader.machineId, 'held', name), name });
}

/** Sealed: the folder by its inode, and the files that are meant by a digest. */
export async function observeHeld(
  reader: HostReader,
  { root, held }: HeldParams,
  { kind, meant }: HeldWork,
): Promise<Looked<Observed>> {
  const found = await reader.held(root, held);
  if (found.status === 'unknown') return found;
  if (found.value?.manifest.kind !== kind)
    return seen({ identity: null, rests: {}, shown: { held: 'nothing' }, version: null });
  const { manifest, ino, blocked, back, lost } = found.value;
  const files = meant(found.value);
  return seen({
    identity: { root, held, ino },
    rests: {
      manifest: manifestDigest(files),
      files: files.length,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
      blocked: blocked.length,
    },
    shown: {
      files: `${files.length} of ${manifest.files.length} that were`,
      ...(blocked.length === 0 ? {} : { 'whose place is taken, or whose folder is gone': blocked.length }),
      ...(back.length === 0 ? {} : { 'in their place': back.length }),
      ...(lost.length === 0 ? {} : { 'not to be found as they were': lost.length }),
    },
    version: null,
  });
}

/** `words`: what is done, and what becomes of each. */
export async function previewHeld(
  reader: HostReader,
  params: HeldParams,
  work: HeldWork,
  observed: Observed,
  words: { readonly verb: string; readonly becomes: string; readonly sign: string },
): Promise<Looked<Preview>> {
  const name = printable(`${params.root}/.holdfast-held/${params.held}`);
  if (observed.identity === null)
    return unknown(
      'NOTHING_HELD',
      `There is no ${work.kind === 'held' ? 'held set of files' : 'note of compressed files'} in ${name}.`,
    );
  const found = await reader.held(params.root, params.held);
  if (found.status === 'unknown') return found;
  const files = found.value === null ? [] : work.meant(found.value);
  const { manifest, bytes } = restsOf(observed.rests);
  if (manifestDigest(files) !== manifest)
    return unknown('SET_MOVED', `What is in ${name} changed while it was looked at; try again.`);
  return seen({
    summary: `${words.verb} ${countWords(files.length, bytes)}, of ${name}`,
    // What was cut off while it tidied up has nothing to move, and still something to take away.
    noop: files.length === 0 && !isOnlyRest(found.value),
    by: 'computed',
    after: { files: files.length, bytes },
    shown: { files: `${files.length}, ${words.becomes}`, size: formatBytes(bytes) },
    diff: fileLines(files, words.sign),
  });
}

/** True when nothing is held any more but the note itself. */
function isOnlyRest(held: Held | null): boolean {
  return held !== null && held.away.length + held.blocked.length + held.lost.length === 0;
}

/** What the writer is handed: everything from what was sealed. */
export function heldSetOf(
  { root, held }: HeldParams,
  { kind }: HeldWork,
  { rests }: Pick<SealedStep['before'], 'rests'>,
): HeldSet {
  return { root, name: held, kind, digest: restsOf(rests).manifest };
}

/** None of what was meant is left to be done. */
export async function verifyHeld(
  reader: HostReader,
  { params: { root, held } }: Pick<AppliedStep<HeldParams>, 'params'>,
  { meant }: HeldWork,
): Promise<Looked<Verification>> {
  const found = await reader.held(root, held);
  if (found.status === 'unknown') return found;
  const left = found.value === null ? 0 : meant(found.value).length;
  return seen({
    asPromised: left === 0,
    seen: [left === 0 ? 'Nothing of it is held any more.' : `${left} files are still held.`],
  });
}

export function heldSize(observed: Pick<Observed, 'rests'>): {
  readonly files: number;
  readonly bytes: number;
  readonly blocked: number;
} {
  return restsOf(observed.rests);
}

const sealedRests = z.object({ manifest: isDigest, files: z.number(), bytes: z.number(), blocked: z.number() });

function restsOf(rests: SealedStep['before']['rests']): z.output<typeof sealedRests> {
  return sealedRests.parse(rests);
}
