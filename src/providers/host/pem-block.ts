export type PemBlock =
  /** The bytes of a certificate, its first and last line included. */
  | { readonly kind: 'certificate'; readonly from: number; readonly to: number }
  /** A block of another kind begins; nothing of it is looked at but its label. */
  | { readonly kind: 'other'; readonly label: string }
  /** Another block begins within a certificate: the file was cut and glued together, and may go on with a key. */
  | { readonly kind: 'broken' }
  /** A block began, but its end is not there. */
  | { readonly kind: 'open' }
  | { readonly kind: 'none' };

/** The next block of a text in PEM form (RFC 7468) from a place on. What stands before a block is passed over. */
export function nextPemBlock(bytes: Buffer, from: number): PemBlock {
  const start = bytes.indexOf(BEGIN, from);
  if (start < 0) return { kind: 'none' };
  const labelFrom = start + BEGIN.length;
  const labelTo = bytes.indexOf(DASHES, labelFrom);
  if (labelTo < 0) return bytes.length - labelFrom > LONGEST_LABEL ? { kind: 'other', label: '' } : { kind: 'open' };
  const label = bytes.toString('latin1', labelFrom, Math.min(labelTo, labelFrom + LONGEST_LABEL));
  if (!CERTIFICATES.has(label)) return { kind: 'other', label: LABEL.test(label) ? label : '' };
  const end = `-----END ${label}-----`;
  const endFrom = bytes.indexOf(end, labelTo);
  const other = bytes.indexOf(BEGIN, labelTo);
  if (other >= 0 && (endFrom < 0 || other < endFrom)) return { kind: 'broken' };
  if (endFrom < 0) return { kind: 'open' };
  return { kind: 'certificate', from: start, to: endFrom + end.length };
}

const BEGIN = '-----BEGIN ';
const DASHES = '-----';
const LONGEST_LABEL = 40;
/** What it is called today, was once, and is by OpenSSL where it says what it is trusted for. */
const CERTIFICATES: ReadonlySet<string> = new Set(['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']);
const LABEL = /^[A-Z0-9 ]+$/;
