import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

/** A line of /proc/net/tcp and its like, as the kernel writes it: hex of `local` and `remote` as there. */
export function socketLine(
  local: string,
  {
    state = '0A',
    uid = 0,
    inode = 1,
    remote = '',
  }: { state?: string; uid?: number; inode?: number; remote?: string } = {},
): string {
  const nobody = local.length > 13 ? `${'0'.repeat(32)}:0000` : '00000000:0000';
  return `   0: ${local} ${remote || nobody} ${state} 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 ${inode} 1 0000000080931e7a 100 0 0 10 0`;
}

/** The files of a /proc, for `tree`, with these lines in its tables of sockets. */
export function procNet(tables: Partial<Record<'tcp' | 'tcp6' | 'udp' | 'udp6', readonly string[]>>) {
  return Object.fromEntries(
    (['tcp', 'tcp6', 'udp', 'udp6'] as const).map((name) => [
      `net/${name}`,
      `${[HEAD, ...(tables[name] ?? [])].join('\n')}\n`,
    ]),
  );
}

/** A process in such a /proc that holds sockets. */
export function procProcess(
  proc: string,
  pid: number,
  program: string,
  inodes: readonly number[],
  startedAt = pid,
): void {
  const folder = join(proc, String(pid));
  mkdirSync(join(folder, 'fd'), { recursive: true });
  symlinkSync(program, join(folder, 'exe'));
  symlinkSync('/dev/null', join(folder, 'fd/0'));
  for (const [index, inode] of inodes.entries()) symlinkSync(`socket:[${inode}]`, join(folder, `fd/${index + 3}`));
  const fields = ['S', 1, 1, 1, 0, -1, 4194560, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 1, 0, startedAt, 0, 0];
  writeFileSync(join(folder, 'stat'), `${pid} (a ) b\n(c)) ${fields.join(' ')}\n`);
}
