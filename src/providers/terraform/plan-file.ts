import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { formatBytes } from '../../domain/bytes.ts';
import { digestOfBytes, type Digest } from '../../domain/digest.ts';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { bytesFields } from './protobuf.ts';
import { fileInZip } from './zip.ts';

/** A saved plan as it lies there: its bytes are what is shown, sealed and applied. */
export interface PlanFile {
  readonly bytes: Buffer;
  readonly digest: Digest;
}

/** For which state a saved plan was made: what the program itself will apply it to, whatever the directory says. */
export interface PlanOrigin {
  /** `local`, `s3`, `remote`. */
  readonly backend: string;
  readonly workspace: string;
  /** Of the state that it was made on; null: there was none yet. */
  readonly lineage: string | null;
  readonly serial: number;
}

const LARGEST = 256 * 2 ** 20;
const LARGEST_PART = 512 * 2 ** 20;

/** Reads a plan file whole. It must be a plain file under `dir`; links that lead out of it are not followed. */
export async function readPlanFile(dir: string, plan: string): Promise<Looked<PlanFile>> {
  const path = join(dir, plan);
  try {
    const real = await realpath(path);
    if (!real.startsWith(`${await realpath(dir)}${sep}`))
      return unknown('PLAN_OUTSIDE', `${printable(path)} leads out of ${printable(dir)}.`);
    await using file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW);
    const stat = await file.stat();
    if (!stat.isFile()) return unknown('PLAN_NO_FILE', `${printable(path)} is no plain file.`);
    if (stat.size > LARGEST) return unknown('TOO_LARGE', `${printable(path)} is larger than ${formatBytes(LARGEST)}.`);
    const bytes = await file.readFile();
    return seen({ bytes, digest: digestOfBytes(bytes) });
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    if (code === 'ENOENT')
      return unknown(code, `There is no saved plan ${printable(path)}; make one with "plan -out=${printable(plan)}".`);
    return unknown(code, `${printable(path)} could not be read (${code}).`);
  }
}

/**
 * What a plan file says of where it belongs (OpenTofu internal/plans/planfile and planproto/planfile.proto;
 * Terraform has the same layout): `tfplan` is a protobuf message whose field 13 is the backend, `tfstate` the
 * state it was made on. An encrypted plan, or one that only points to a run elsewhere, does not say so.
 */
export function originOf({ bytes }: Pick<PlanFile, 'bytes'>): Looked<PlanOrigin> {
  try {
    const plan = fileInZip(bytes, 'tfplan', LARGEST_PART);
    const state = fileInZip(bytes, 'tfstate', LARGEST_PART);
    if (plan === null || state === null) throw new Error('it lacks tfplan or tfstate');
    const [backend] = bytesFields(plan, 13);
    if (backend === undefined) throw new Error('it names no backend');
    const [type, workspace] = [bytesFields(backend, 1)[0], bytesFields(backend, 3)[0]].map((field) =>
      field?.toString('utf8'),
    );
    if (type === undefined || workspace === undefined) throw new Error('it names no backend or no workspace');
    return seen({ backend: type, workspace, ...lineOf(state) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return unknown(
      'PLAN_UNREADABLE',
      `It is no saved plan that can be bound to a state (${why}). Encrypted plans, and plans kept by a cloud service, can't be applied this way.`,
    );
  }
}

function lineOf(state: Buffer): { readonly lineage: string | null; readonly serial: number } {
  const document: unknown = JSON.parse(state.toString('utf8'));
  const fields = new Map(typeof document === 'object' && document !== null ? Object.entries(document) : []);
  const lineage: unknown = fields.get('lineage');
  const serial: unknown = fields.get('serial');
  if (typeof lineage !== 'string' || typeof serial !== 'number') throw new Error('its state has no lineage or serial');
  return { lineage: lineage === '' ? null : lineage, serial };
}
