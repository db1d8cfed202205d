import type { Verification } from '../../../domain/action.ts';
import type { JsonValue } from '../../../domain/json.ts';
import type { Fields } from './object-fields.ts';
import { isDeleting, uidOf } from './subject.ts';

/** Is the object of that uid gone, or on its way? */
export function goneWords(now: Fields | null, uid: JsonValue | undefined): Verification {
  if (now === null) return { asPromised: true, seen: ['It is gone.'] };
  if (uidOf(now) !== uid) return { asPromised: true, seen: ['It is gone; there is another one of that name.'] };
  if (isDeleting(now)) return { asPromised: true, seen: ['It is being deleted.'] };
  return { asPromised: false, seen: ['It is still there.'] };
}
