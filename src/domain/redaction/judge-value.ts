import { kindAt, NEWLINE, SPACE } from './characters.ts';
import type { Strength } from './key-words.ts';
import { isStandIn } from './ordinary.ts';
import { shapeOf } from './shape.ts';
import type { Shape } from './shape.ts';
import type { Value } from './value.ts';

/** No more of a value than this is looked at to judge it. */
const LOOKED_AT = 256;

/** True when `value`, under a name of this strength, is to be redacted. */
export function isSecretValue(text: string, value: Value, strength: Strength): boolean {
  const sample = text.slice(value.start, Math.min(value.end, value.start + LOOKED_AT));
  if (isStandIn(sample)) return false;
  const shape = shapeOf(sample);
  if (value.joint === 'beside') return isTelling(shape, sample, strength);
  if (strength === 'password') return isPassword(text, value, sample, shape);
  if (isUuid(sample)) return strength !== 'near';
  if (strength === 'secret') return isToken(shape, sample) || (value.scheme && isCredential(sample));
  return strength === 'possible' && isRandom(shape, sample);
}

/** In prose: `the key 9f8e…`, `token - abc…`. */
function isTelling(shape: Shape, sample: string, strength: Strength): boolean {
  if (strength === 'near') return isLongHex(shape) || (shape.opaque >= 20 && shape.opaque * 4 >= sample.length * 3);
  if (isUuid(sample)) return strength === 'secret';
  return isRandom(shape, sample) && shape.opaque >= (strength === 'possible' ? 14 : 10);
}

/** Anything but prose, code and counts. */
function isPassword(text: string, value: Value, sample: string, shape: Shape): boolean {
  if (value.quoted) return true;
  if (/^[\w.]+\(|^\w+(?:\.\w+)+$/.test(sample)) return shape.opaque > 0;
  if (/^\d{1,3}$/.test(sample)) return false;
  const isWord = /^[A-Za-z]+[.:!?]?$/.test(sample) && shape.opaque === 0;
  return !isWord || isLastOnLine(text, value);
}

/** `Password: required for user` is prose, `password: postgres` is not. */
function isLastOnLine(text: string, value: Value): boolean {
  let index = value.end;
  while (index < value.end + 8 && (kindAt(text, index) & SPACE) !== 0) index += 1;
  return index >= text.length || (kindAt(text, index) & NEWLINE) !== 0 || '#;,}&\\"\'<'.includes(text[index] ?? '');
}

/** What stands after `Bearer` and its like, when it is no word of prose (token68 of RFC 9110, 11.2). */
function isCredential(sample: string): boolean {
  return /^[\w.~+/-]{16,}=*$/.test(sample) && !isName(sample);
}

/** Counts and times have fewer digits. */
const LONG_NUMBER = 15;

/** Neither a word, a name, a path nor a number. */
function isToken(shape: Shape, sample: string): boolean {
  if (isPath(sample) && shape.opaque * 2 < shape.size) return false;
  if (shape.opaque >= 6) return true;
  if (!shape.hasLetter) return shape.size >= LONG_NUMBER || (shape.size >= 8 && !/^[\d.:-]+$/.test(sample));
  if (shape.hasDigit && shape.size >= 8 && !isName(sample)) return true;
  return (
    (shape.hasDigit || (shape.hasUpper && shape.hasLower)) &&
    /[^\w\s.,:/()[\]{}<>-]/.test(sample) &&
    shape.size >= 8 &&
    !/\s/.test(sample) &&
    !/[=?&*]/.test(sample)
  );
}

/** Looks random enough where the name alone does not say. */
function isRandom(shape: Shape, sample: string): boolean {
  if (isPath(sample) && shape.opaque * 2 < shape.size) return false;
  if (isLongHex(shape)) return true;
  return shape.opaque >= 8 && shape.opaque * 2 >= shape.size && (shape.hasDigit || shape.opaque >= 16);
}

function isLongHex(shape: Shape): boolean {
  return shape.hex && shape.hasDigit && shape.hasLetter && shape.size >= 16;
}

export function isUuid(sample: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(sample);
}

/** Words and numbers joined by `- _ . : /`: the name of a resource, an image, a version. */
function isName(sample: string): boolean {
  return (
    /^[a-z][a-z0-9]*(?:[-_.:/@][a-z0-9]+)*$/.test(sample) &&
    /^(?:[a-z]+\d{0,5}|\d{1,6}|[a-z0-9]{1,5})(?:[-_.:/@](?:[a-z]+\d{0,5}|\d{1,6}|[a-z0-9]{1,5}))*$/.test(sample)
  );
}

function isPath(sample: string): boolean {
  return (
    /^(?:\.{0,2}\/|~\/|[A-Za-z]:\\|[a-z][a-z+.-]{1,12}:\/\/|arn:)/.test(sample) ||
    /^[\w@-]+(?:\/[\w@.-]+)*\.(?:ya?ml|json|txt|pem|crt|key|js|ts|go|py|sh|md|html?|css|png|jpe?g|svg|conf|cfg|ini|toml|log|sock|gz|tgz|zip)$/i.test(
      sample,
    )
  );
}
