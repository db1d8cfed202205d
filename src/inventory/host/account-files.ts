import { seen, unknown, type Looked } from '../../domain/failure.ts';
import type { HostReader } from '../../providers/host/reader.ts';

/** A line of /etc/passwd (passwd(5)), without what stands in place of the password. */
export interface Account {
  readonly name: string;
  /** What the second field says of logging in with a password; the field itself is not kept. */
  readonly login: 'as the shadow file says' | 'without a password' | 'locked' | 'with a password kept in /etc/passwd';
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** A line of /etc/group (group(5)). */
export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** null: there is no such file. One line that is none makes all of it unknown: half of a list of users is no list. */
export async function readAccounts(reader: HostReader): Promise<Looked<readonly Account[] | null>> {
  return parsed(await reader.system.text('/etc/passwd'), '/etc/passwd', accountOf);
}

export async function readGroups(reader: HostReader): Promise<Looked<readonly Group[] | null>> {
  return parsed(await reader.system.text('/etc/group'), '/etc/group', groupOf);
}

function parsed<Item>(
  text: Looked<string | null>,
  path: string,
  itemOf: (fields: readonly string[]) => Item | null,
): Looked<readonly Item[] | null> {
  if (text.status === 'unknown') return text;
  if (text.value === null) return seen(null);
  const items: Item[] = [];
  for (const [index, line] of text.value.split('\n').entries()) {
    // `+` and `-` take in, or leave out, names of a directory service (nsswitch.conf(5), compat).
    if (line.trim() === '' || /^[#+-]/.test(line)) continue;
    const item = itemOf(line.split(':'));
    if (item === null)
      return unknown(
        'ACCOUNTS_GARBAGE',
        `Line ${index + 1} of ${path} is not one of its lines, so it is not relied on.`,
      );
    items.push(item);
  }
  return seen(items);
}

function accountOf(fields: readonly string[]): Account | null {
  const [name = '', field = '', uid = '', gid = '', , home = '', shell = ''] = fields;
  if (fields.length !== 7 || name === '' || !NUMBER.test(uid) || !NUMBER.test(gid)) return null;
  return { name, login: loginOf(field), uid: Number(uid), gid: Number(gid), home, shell };
}

function loginOf(field: string): Account['login'] {
  if (field === 'x') return 'as the shadow file says';
  if (field === '') return 'without a password';
  return /^[!*]/.test(field) ? 'locked' : 'with a password kept in /etc/passwd';
}

function groupOf(fields: readonly string[]): Group | null {
  const [name = '', , gid = '', members = ''] = fields;
  if (fields.length !== 4 || name === '' || !NUMBER.test(gid)) return null;
  return { name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') };
}

const NUMBER = /^\d{1,10}$/;
