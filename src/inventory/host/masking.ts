import { createHmac } from 'node:crypto';
import { printable } from '../../domain/printable.ts';
import { createRedactor } from '../../domain/redaction/redactor.ts';

/** Lines that run something, made fit to be kept: a changed secret still shows as a change. */
export interface Masking {
  /** What stands for a value that is not shown: the same for the same value on this machine. */
  mark(value: string): string;
  /** A line of a shell or a setting, with the values that it assigns, and whatever looks like a secret, replaced; long ones are cut. */
  line(text: string): string;
  /** As `line`, for text in which `=` is no assignment. */
  words(text: string): string;
}

/**
 * Marks are keyed with the machine's id, so that lists of marks made elsewhere say nothing. The id is no secret: a
 * mark hides a value from who reads a report, and a guess at a short value can be tried by who has the id.
 */
export function maskingFor(machineId: string): Masking {
  const key = createHmac('sha256', machineId).update('holdfast/inventory-masking/v1').digest();
  const redactor = createRedactor({ key });
  const mark = (value: string): string => `[value:${hexOf(key, value)}]`;
  const shown = (text: string, pattern: RegExp): string => {
    if (text.length > READ_AT_MOST) return `[${text.length} characters:${hexOf(key, text)}]`;
    const assigned = text.replaceAll(pattern, (_, name: string, value: string) => name + mark(value));
    const known = [SECRET_OPTION, PASSWORD_OPTION].reduce(
      (line, option) => line.replaceAll(option, (_, before: string, value: string) => before + mark(value)),
      assigned,
    );
    const line = printable(redactor.text(known));
    return line.length > SHOWN_AT_MOST ? `${line.slice(0, SHOWN_AT_MOST)}… [all:${hexOf(key, line)}]` : line;
  };
  return { mark, line: (text) => shown(text, ASSIGNMENT), words: (text) => shown(text, ESCAPED_ASSIGNMENT) };
}

const READ_AT_MOST = 8 * 1024;
const SHOWN_AT_MOST = 500;

/** `NAME=value` as a shell takes it, at the start of a word; the value up to the next space outside of quotes. */
const ASSIGNMENT = /((?<![^\s;&|({"'`,])[A-Za-z_][A-Za-z0-9_]*\+?=)((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\;&|])+)/g;
/** The same in an argument of a sudo rule, where `=` is written `\=` (sudoers(5)). */
const ESCAPED_ASSIGNMENT = /((?<!\S)[A-Za-z_][A-Za-z0-9_]*\\=)([^\s,]+)/g;
/** An option that is named for what must not be shown, and its value. */
const SECRET_OPTION =
  /((?<!\S)--?[\w-]*(?:passw(?:or)?d|passphrase|pwd|token|secret|credential|api-?key)s?[ =])((?:"[^"]*"|'[^']*'|[^\s,;&|"'])+)/gi;
/** Programs that take a password right behind `-p`, which looks like no secret. */
const PASSWORD_OPTION =
  /(\b(?:mysql|mariadb|sshpass)[a-z_-]*\s[^;&|]{0,300}?(?<=\s)-p\s?)((?:"[^"]*"|'[^']*'|[^\s;&|"'])+)/g;

function hexOf(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 12);
}
