import { findSecrets } from '../../domain/redaction/find-secrets.ts';

/** How much of one value is looked at for secrets. */
const LOOKED_AT = 65_536;

/**
 * What is one as a whole value: the head of a private key, in whatever a template left of its dashes; a bearer's token;
 * the head of a signed token, `{"alg":…`.
 */
const WHOLE = [
  /-BEGIN [A-Z ]{0,24}PRIVATE KEY-/,
  /^\s{0,8}bearer\s{1,8}[\w.~+/=-]{8,}\s*$/i,
  /(?:^|\s)eyJhbGciO[\w-]{8,}/,
];

/** By what a value looks like a secret: the layer of domain/redaction that found it. null: by nothing. */
export function secretLook(value: string): string | null {
  const text = value.slice(0, LOOKED_AT);
  const own = lookOf(text);
  if (own !== null && own !== 'shape') return own;
  // What looks random from outside may be plain words, wrapped up.
  const inner = textInBase64(text);
  return inner === null ? own : lookOf(inner);
}

function lookOf(text: string): string | null {
  if (WHOLE.some((pattern) => pattern.test(text))) return 'pattern';
  try {
    return findSecrets(text)[0]?.layer ?? null;
  } catch {
    // A text that is built to be looked at for ever says nothing; it is withheld like every other.
    return null;
  }
}

const BASE64 = /^[A-Za-z0-9+/]{20,}={0,2}$/;

/** Text that somebody wrapped up, as one does for Secrets. null: it is no base64, or of no text. */
function textInBase64(value: string): string | null {
  const packed = value.replace(/\s+/g, '');
  if (packed.length % 4 !== 0 || !BASE64.test(packed)) return null;
  const text = Buffer.from(packed, 'base64').toString('utf8');
  return /^[\t\n\r\u0020-\u007E]+$/.test(text) ? text : null;
}
