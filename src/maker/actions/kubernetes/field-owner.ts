import { FIELD_MANAGER } from '../../../providers/kubernetes/reader.ts';
import { at, listAt, textAt, type Fields } from './object-fields.ts';

/** A path as managedFields has it: `f:spec`, `f:replicas`, `k:{"name":"web"}`. */
export type OwnedPath = readonly string[];

/** True when the server names Holdfast as an owner of the field. */
export function isOurs(object: Fields, path: OwnedPath): boolean {
  return listAt(object, 'metadata', 'managedFields').some(
    (entry) => textAt(entry, 'manager') === FIELD_MANAGER && at(entry, 'fieldsV1', ...path) !== undefined,
  );
}
