import { seen, unknown, type Looked } from '../../domain/failure.ts';
import type { Place } from './reader.ts';
import { generateCredentialReport, getCredentialReport } from './reads/identity.ts';

/** What IAM's credential report says of the root user and of every IAM user. Instants are milliseconds since the epoch. */
export interface CredentialReport {
  /** IAM makes a new one at most every four hours; null: it does not say when. */
  readonly generatedAt: number | null;
  readonly users: readonly ReportedUser[];
}

export interface ReportedUser {
  /** ROOT for the root user. */
  readonly user: string;
  readonly arn: string;
  readonly createdAt: number | null;
  /** null: the report does not say (for the root user it often does not). */
  readonly hasPassword: boolean | null;
  /** null: never, as far as IAM has written it down (since October 2014). */
  readonly passwordUsedAt: number | null;
  readonly passwordChangedAt: number | null;
  readonly hasMfa: boolean | null;
  /** Slots without a key are left out. */
  readonly keys: readonly ReportedKey[];
}

export interface ReportedKey {
  /** The slot, 1 or 2: the report does not know key ids. */
  readonly slot: number;
  readonly isActive: boolean;
  /** When it was made or turned on again. */
  readonly changedAt: number | null;
  /** null: never, as far as IAM has written it down (since April 2015). */
  readonly usedAt: number | null;
  readonly service: string | null;
}

/** The root user's row of the report. */
export const ROOT = '<root_account>';

/** Between one look whether the report is made and the next, milliseconds: it takes seconds in a large account. */
const PAUSES = [250, 500, 1_000, 2_000, 2_000, 4_000, 4_000, 8_000, 8_000, 8_000, 8_000];

/**
 * The report that there is, or a new one where there is none or it has expired: IAM is asked to make it, and then for it until
 * it is there. That changes nothing but the report.
 */
export async function readCredentialReport(
  place: Place,
  signal: AbortSignal,
  pauses: readonly number[] = PAUSES,
): Promise<Looked<CredentialReport>> {
  const there = await place.ask(getCredentialReport, {}, signal);
  if (there.status === 'unknown') return there;
  if (there.value !== null) return reportOf(there.value);
  const asked = await place.ask(generateCredentialReport, {}, signal);
  if (asked.status === 'unknown') return asked;
  const made = await place.await(getCredentialReport, {}, pauses, signal);
  if (made.status === 'unknown') return made;
  if (made.value === null)
    return unknown(
      'REPORT_NOT_READY',
      'IAM has not made the credential report in time. It will be there the next time.',
    );
  return reportOf(made.value);
}

interface Answer {
  readonly Content?: Uint8Array | undefined;
  readonly GeneratedTime?: Date | undefined;
}

/** An empty report has at least its headings: without them there is no telling what is missing. */
function reportOf({ Content, GeneratedTime }: Answer): Looked<CredentialReport> {
  const [headings, ...rows] = linesOf(new TextDecoder().decode(Content));
  if (headings === undefined || !NEEDED.every((column) => headings.includes(column)))
    return unknown('ANSWER_INVALID', 'The credential report lacks columns that it should have.');
  const users = rows.map((row) => userOf(headings, row));
  const broken = users.findIndex((user) => user === null);
  if (broken !== -1)
    return unknown('ANSWER_INVALID', `Line ${broken + 2} of the credential report can not be understood.`);
  return seen({ generatedAt: GeneratedTime?.getTime() ?? null, users: users.filter((user) => user !== null) });
}

const NEEDED = [
  'user',
  'arn',
  'password_enabled',
  'password_last_used',
  'mfa_active',
  ...[1, 2].flatMap((slot) => [
    `access_key_${slot}_active`,
    `access_key_${slot}_last_rotated`,
    `access_key_${slot}_last_used_date`,
  ]),
];

function userOf(headings: readonly string[], written: readonly string[]): ReportedUser | null {
  const row = joined(written, headings.length);
  if (row.length !== headings.length) return null;
  const field = (column: string): string => row[headings.indexOf(column)] ?? '';
  const [user, arn] = [field('user'), field('arn')];
  if (user === '' || !arn.startsWith('arn:')) return null;
  return {
    user,
    arn,
    createdAt: instant(field('user_creation_time')),
    hasPassword: yesNo(field('password_enabled')),
    passwordUsedAt: instant(field('password_last_used')),
    passwordChangedAt: instant(field('password_last_changed')),
    hasMfa: yesNo(field('mfa_active')),
    keys: [1, 2].flatMap((slot): readonly ReportedKey[] => {
      const isActive = yesNo(field(`access_key_${slot}_active`)) === true;
      const changedAt = instant(field(`access_key_${slot}_last_rotated`));
      if (!isActive && changedAt === null) return [];
      const usedAt = instant(field(`access_key_${slot}_last_used_date`));
      const service = usedAt === null ? null : field(`access_key_${slot}_last_used_service`);
      return [{ slot, isActive, changedAt, usedAt, service: service === '' ? null : service }];
    }),
  };
}

/** Names of users may hold commas, paths too: where nobody quoted them, the ARN tells where a name ends. */
function joined(row: readonly string[], width: number): readonly string[] {
  if (row.length <= width) return row;
  const arnAt = row.findIndex((field, index) => index > 0 && field.startsWith('arn:'));
  const restAt = row.length - (width - 2);
  if (arnAt === -1 || arnAt >= restAt) return row;
  return [row.slice(0, arnAt).join(','), row.slice(arnAt, restAt).join(','), ...row.slice(restAt)];
}

/** `N/A`, `no_information` and `not_supported` are no answers. */
function yesNo(text: string): boolean | null {
  const word = text.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : null;
}

function instant(text: string): number | null {
  const ms = Date.parse(text);
  return /^\d{4}-/.test(text) && Number.isFinite(ms) ? ms : null;
}

/** The fields of each line; a field in quotation marks may hold commas, and such marks twice (RFC 4180). */
function linesOf(text: string): readonly (readonly string[])[] {
  return text
    .replace(/^\u{FEFF}/u, '')
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) =>
        quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'),
      ),
    );
}
