import { createHash } from 'node:crypto';

/** A line of authorized_keys. */
export interface KeyLine {
  readonly type: string;
  /** `SHA256:` and base64 without padding, as ssh-keygen -l shows it. */
  readonly fingerprint: string;
  readonly comment: string;
  /** `no-pty`, `command="..."`: as written, one by one. */
  readonly options: readonly string[];
}

/**
 * A line as sshd(8) has it (AUTHORIZED_KEYS FILE FORMAT): options, type, key, comment. null: a comment, or a line that
 * sshd passes over; a private key that somebody put there is one of these, line by line.
 */
export function parseKeyLine(line: string): KeyLine | null {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return null;
  const bare = keyOf(text);
  if (bare !== null) return { ...bare, options: [] };
  const end = endOfOptions(text);
  const key = keyOf(text.slice(end).trim());
  return key === null ? null : { ...key, options: optionsOf(text.slice(0, end)) };
}

function keyOf(text: string): Omit<KeyLine, 'options'> | null {
  const match = /^([a-z][a-z0-9@.-]*)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+(.*))?$/.exec(text);
  if (match === null) return null;
  const [, type = '', encoded = '', comment = ''] = match;
  const blob = Buffer.from(encoded, 'base64');
  // The key itself begins with its type (RFC 4253, 6.6): any other word is no key.
  if (blob.length < 4 + type.length || blob.readUInt32BE(0) !== type.length) return null;
  if (blob.toString('latin1', 4, 4 + type.length) !== type) return null;
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { type, fingerprint: `SHA256:${digest}`, comment: comment.trim() };
}

/** The first space outside of quotes. */
function endOfOptions(text: string): number {
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\' && text[at + 1] === '"') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === ' ' || character === '\t')) return at;
  }
  return text.length;
}

function optionsOf(text: string): readonly string[] {
  const options: string[] = [];
  let quoted = false;
  let current = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === ',' && !quoted) {
      options.push(current);
      current = '';
      continue;
    }
    if (character === '\\' && text[at + 1] === '"') {
      current += '\\"';
      at += 1;
      continue;
    }
    if (character === '"') quoted = !quoted;
    current += character;
  }
  return [...options, current].filter((option) => option !== '');
}
