import type { Failure } from '../../domain/check.ts';
import type { Folder } from './folder.ts';
import { HELD_FOLDER } from './held-names.ts';

/** Whoever could write there could have files moved back that were never held. */
export async function troubleOfArea(area: Folder): Promise<Failure | null> {
  const { uid, mode } = await area.stat();
  if (uid === BigInt(process.getuid?.() ?? -1) && (mode & 0o077n) === 0n) return null;
  return {
    code: 'HOLDING_UNSAFE',
    message: `The holding area ${HELD_FOLDER} belongs to somebody else, or is open to others (mode ${(mode & 0o777n).toString(8)}): see who made it, and remove it or give it to this user with mode 0700.`,
  };
}
