import type { InventoryFact, InventoryRead, InventorySource } from '../../domain/inventory.ts';
import { printable } from '../../domain/printable.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { readAccounts, readGroups, type Account, type Group } from './account-files.ts';
import { allHidden, elsewhere, factOf, sortedSet } from './facts.ts';

export const source: InventorySource<HostReader> = {
  id: 'host/accounts',
  title: 'Users and groups with rights',
  description: `From \`/etc/passwd\` and \`/etc/group\`, never from the shadow files:

- **user**: everyone who is root by number (uid 0), who has a shell to log in with, or who is in a group with rights: uid, primary group, home, shell, and whether \`/etc/passwd\` itself lets them in without a password or locks them out. Whether a password is set, and which, is in files that are not read.
- **privileged-group**: the groups that give rights on a common Linux (root, sudo, wheel, admin, adm, docker, podman, lxd, incus, incus-admin, libvirt, kvm, disk, shadow, staff, systemd-journal), with their members, those by primary group among them.

Left out: users who can not log in and have no such group, and users and groups of a directory service (LDAP, SSSD). Who is added to a group twice over, or by two lines of one name, counts once.`,
  kinds: {
    user: { noun: 'a user who may log in or has rights', added: 'high', removed: 'low', changed: 'high' },
    'privileged-group': { noun: 'a group with rights', added: 'medium', removed: 'low', changed: 'high' },
  },
  timeoutMs: 20_000,

  async read(reader) {
    const kinds = Object.keys(source.kinds);
    const notHere = elsewhere(reader, kinds);
    if (notHere !== null) return notHere;
    const accounts = await readAccounts(reader);
    if (accounts.status === 'unknown') return allHidden(reader, kinds, accounts.failure);
    const groups = await readGroups(reader);
    if (groups.status === 'unknown') return allHidden(reader, kinds, groups.failure);
    if (accounts.value === null || groups.value === null) return allHidden(reader, kinds, NO_FILES);
    return factsOf(reader, accounts.value, groups.value);
  },
};

const NO_FILES = {
  code: 'NO_ACCOUNT_FILES',
  message: '/etc/passwd or /etc/group is not there, so there is no telling who has rights.',
};

/** By name and not by number, as distributions number them differently. */
const PRIVILEGED: ReadonlySet<string> = new Set([
  'root',
  'sudo',
  'wheel',
  'admin',
  'adm',
  'docker',
  'podman',
  'lxd',
  'incus',
  'incus-admin',
  'libvirt',
  'kvm',
  'disk',
  'shadow',
  'staff',
  'systemd-journal',
]);

function factsOf(reader: HostReader, accounts: readonly Account[], groups: readonly Group[]): InventoryRead {
  const privileged = byName(groups.filter(({ name, gid }) => PRIVILEGED.has(name) || gid === 0));
  const membersOf = (lines: readonly Group[]): readonly string[] => {
    const gids = new Set(lines.map(({ gid }) => gid));
    return sortedSet([
      ...lines.flatMap(({ members }) => members),
      ...accounts.filter(({ gid }) => gids.has(gid)).map(({ name }) => name),
    ]);
  };
  const withRights = new Set([...privileged.values()].flatMap(membersOf));
  const users = byName(accounts.filter((account) => canLogIn(account) || withRights.has(account.name)));
  const facts: InventoryFact[] = [];
  for (const [name, lines] of privileged)
    facts.push(
      factOf(reader, 'privileged-group', name, {
        gids: numbers(lines.map(({ gid }) => gid)),
        members: membersOf(lines).map(printable),
      }),
    );
  for (const [name, lines] of users) facts.push(factOf(reader, 'user', name, userValue(lines)));
  return { facts, hidden: [] };
}

function canLogIn({ uid, shell }: Account): boolean {
  return uid === 0 || !NO_LOGIN.test(shell);
}

/** An empty shell is /bin/sh (passwd(5)). */
const NO_LOGIN = /\/(?:nologin|false|true|sync|shutdown|halt)$/;

/** Two lines of one name are both kept, in their order: what reads the file may take either. */
function userValue(lines: readonly Account[]) {
  const entries = lines.map(({ uid, gid, home, shell, login }) => ({
    uid,
    gid,
    home: printable(home),
    shell: printable(shell),
    login,
  }));
  const [only] = entries;
  return entries.length === 1 && only !== undefined ? only : { lines: entries };
}

function byName<Item extends { readonly name: string }>(items: readonly Item[]): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(item.name);
    if (group === undefined) groups.set(item.name, [item]);
    else group.push(item);
  }
  return groups;
}

function numbers(values: readonly number[]): readonly number[] {
  return [...new Set(values)].toSorted((a, b) => a - b);
}
