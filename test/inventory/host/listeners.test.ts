import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { source } from '../../../src/inventory/host/listeners.ts';
import { collect } from '../../support/inventory.ts';
import { procNet, procProcess, socketLine } from '../../support/proc-net.ts';
import { tree } from '../../support/tree.ts';

const SSH = '00000000:0016';
const LOCAL_DNS = '3500007F:0035';
const CHOSEN = '00000000:9C40';
const LOCAL_CHOSEN = '0100007F:9C40';

test('what listens is told by address and port with its program, and what only this machine reaches is another kind', async () => {
  using proc = tree(
    procNet({
      tcp: [socketLine(SSH, { inode: 7 }), socketLine('0100007F:0019', { inode: 8, uid: 101 })],
      udp: [socketLine(LOCAL_DNS, { state: '07', inode: 9, uid: 102 })],
      tcp6: [
        socketLine('00000000000000000000000000000000:0016', { inode: 10 }),
        socketLine('00000000000000000000000001000000:0277', { inode: 11 }),
      ],
      udp6: [socketLine('000080FE00000000FF005450B6A3D9FE:0222', { state: '07', inode: 12 })],
    }),
  );
  procProcess(proc.path, 70, '/usr/sbin/sshd', [7, 10]);
  procProcess(proc.path, 80, '/usr/lib/postfix/master', [8]);
  procProcess(proc.path, 90, '/usr/lib/systemd/systemd-resolved', [9]);
  procProcess(proc.path, 91, '/usr/sbin/cupsd', [11, 12]);
  expect(await collect(source, { procRoot: proc.path })).toEqual({
    facts: {
      'listener/0.0.0.0:22/tcp': {
        protocol: 'tcp',
        address: '0.0.0.0',
        port: 22,
        uids: [0],
        programs: ['/usr/sbin/sshd'],
      },
      'listener/[::]:22/tcp': { protocol: 'tcp', address: '::', port: 22, uids: [0], programs: ['/usr/sbin/sshd'] },
      'listener/[fe80::5054:ff:fed9:a3b6]:546/udp': {
        protocol: 'udp',
        address: 'fe80::5054:ff:fed9:a3b6',
        port: 546,
        uids: [0],
        programs: ['/usr/sbin/cupsd'],
      },
      'loopback-listener/127.0.0.1:25/tcp': {
        protocol: 'tcp',
        address: '127.0.0.1',
        port: 25,
        uids: [101],
        programs: ['/usr/lib/postfix/master'],
      },
      'loopback-listener/127.0.0.53:53/udp': {
        protocol: 'udp',
        address: '127.0.0.53',
        port: 53,
        uids: [102],
        programs: ['/usr/lib/systemd/systemd-resolved'],
      },
      'loopback-listener/[::1]:631/tcp': {
        protocol: 'tcp',
        address: '::1',
        port: 631,
        uids: [0],
        programs: ['/usr/sbin/cupsd'],
      },
    },
    hidden: {},
  });
});

test('what is connected, or waits for an answer on a port that the kernel chose, is left out', async () => {
  using proc = tree(
    procNet({
      tcp: [socketLine('00000000:01BB', { state: '01' }), socketLine('00000000:01BB', { state: '06' })],
      udp: [
        socketLine('00000000:0044', { state: '01', remote: '0100A8C0:0043' }),
        socketLine(CHOSEN, { state: '07', inode: 5 }),
      ],
    }),
  );
  procProcess(proc.path, 5, '/usr/bin/chrome', [5]);
  expect(await collect(source, { procRoot: proc.path })).toEqual({ facts: {}, hidden: {} });
});

test('an address of IPv4 within IPv6 is the address of IPv4', async () => {
  using proc = tree(procNet({ tcp6: [socketLine('0000000000000000FFFF00000100007F:1F90', { inode: 3 })] }));
  procProcess(proc.path, 5, '/usr/bin/java', [3]);
  expect(Object.keys((await collect(source, { procRoot: proc.path })).facts)).toEqual([
    'loopback-listener/127.0.0.1:8080/tcp',
  ]);
});

describe('a port that the kernel chose', () => {
  const counted = async (ports: readonly string[]) => {
    using proc = tree(procNet({ tcp: ports.map((port, index) => socketLine(port, { inode: index + 1 })) }));
    procProcess(
      proc.path,
      5,
      '/usr/bin/node',
      ports.map((_, index) => index + 1),
    );
    return (await collect(source, { procRoot: proc.path })).facts;
  };

  test('may be another one tomorrow, and is the same fact', async () => {
    expect(await counted(['00000000:9C40'])).toEqual(await counted(['00000000:A001']));
    expect(await counted(['00000000:9C40'])).toMatchObject({
      'listener/0.0.0.0:chosen/tcp by /usr/bin/node': { port: 'chosen by the kernel', sockets: 1 },
    });
  });

  test('counts when others can reach it, and not when only this machine can', async () => {
    expect(await counted([CHOSEN, '00000000:A001'])).toMatchObject({
      'listener/0.0.0.0:chosen/tcp by /usr/bin/node': { sockets: 2 },
    });
    expect(await counted([LOCAL_CHOSEN, '0100007F:A001'])).toEqual(await counted([LOCAL_CHOSEN]));
  });

  test('is told by the range of this machine', async () => {
    using proc = tree({
      ...procNet({ tcp: [socketLine(CHOSEN)] }),
      'sys/net/ipv4/ip_local_port_range': '50000\t60000\n',
    });
    procProcess(proc.path, 5, '/usr/bin/node', [1]);
    expect(Object.keys((await collect(source, { procRoot: proc.path })).facts)).toEqual(['listener/0.0.0.0:40000/tcp']);
  });

  test('of UDP counts when it is a socket of the kernel itself, as of WireGuard', async () => {
    using proc = tree(procNet({ udp: [socketLine('00000000:CA6C', { state: '07', inode: 0 })] }));
    procProcess(proc.path, 5, '/usr/bin/node', []);
    expect((await collect(source, { procRoot: proc.path })).facts).toMatchObject({
      'listener/0.0.0.0:51820/udp': { programs: [] },
    });
  });
});

test('a temporary address of IPv6 is the same tomorrow', async () => {
  const on = async (address: string) => {
    using proc = tree({
      ...procNet({
        udp6: [
          socketLine(
            `${address
              .match(/.{8}/g)
              ?.map((word) => word.match(/../g)?.toReversed().join(''))
              .join('')}:007B`,
            { state: '07' },
          ),
        ],
      }),
      'net/if_inet6': `${address.toLowerCase()} 02 40 00 01     eth0\n`,
    });
    procProcess(proc.path, 5, '/usr/sbin/ntpd', [1]);
    return (await collect(source, { procRoot: proc.path })).facts;
  };
  const today = await on('FD00000000000000A1B2C3D4E5F60718');
  expect(Object.keys(today)).toEqual(['listener/temporary:123/udp']);
  expect(await on('FD0000000000000099887766554433AA')).toEqual(today);
});

describe('whose socket it is', () => {
  test('of several processes that hold it, the one that started first says', async () => {
    using proc = tree(procNet({ tcp: [socketLine(SSH, { inode: 7 })] }));
    procProcess(proc.path, 4000, '/usr/sbin/nginx', [7], 100);
    procProcess(proc.path, 300, '/usr/bin/perl', [7], 900);
    expect((await collect(source, { procRoot: proc.path })).facts).toMatchObject({
      'listener/0.0.0.0:22/tcp': { programs: ['/usr/sbin/nginx'] },
    });
  });

  test('of several sockets on one port, all programs do', async () => {
    using proc = tree(procNet({ tcp: [socketLine(SSH, { inode: 8, uid: 5 }), socketLine(SSH, { inode: 7 })] }));
    procProcess(proc.path, 4, '/b', [7]);
    procProcess(proc.path, 5, '/a', [8]);
    expect((await collect(source, { procRoot: proc.path })).facts).toMatchObject({
      'listener/0.0.0.0:22/tcp': { uids: [0, 5], programs: ['/a', '/b'] },
    });
  });

  test('an update of the program under it is no other program', async () => {
    using proc = tree(procNet({ tcp: [socketLine(SSH)] }));
    procProcess(proc.path, 4, '/usr/sbin/sshd (deleted)', [1]);
    expect((await collect(source, { procRoot: proc.path })).facts).toMatchObject({
      'listener/0.0.0.0:22/tcp': { programs: ['/usr/sbin/sshd'] },
    });
  });

  test('a program with a newline in its name does not make two lines', async () => {
    using proc = tree(procNet({ tcp: [socketLine(CHOSEN)] }));
    procProcess(proc.path, 4, '/tmp/x\ny', [1]);
    expect((await collect(source, { procRoot: proc.path })).facts).toMatchObject({
      'listener/0.0.0.0:chosen/tcp by /tmp/x\\u{a}y': { programs: ['/tmp/x\\u{a}y'] },
    });
  });

  test('when no process has it, it has no program', async () => {
    using proc = tree(procNet({ tcp: [socketLine('00000000:0801', { inode: 77 })] }));
    procProcess(proc.path, 4, '/usr/sbin/sshd', [1]);
    expect(await collect(source, { procRoot: proc.path })).toMatchObject({
      facts: { 'listener/0.0.0.0:2049/tcp': { programs: [] } },
      hidden: {},
    });
  });

  test.each(['no process can be seen at all', 'a process does not let itself be looked at'])(
    'when %s, the socket is a fact and its program is hidden',
    async (why) => {
      using proc = tree(procNet({ tcp: [socketLine(SSH, { inode: 77 })] }));
      if (why.startsWith('a ')) {
        procProcess(proc.path, 4, '/usr/sbin/sshd', [1]);
        mkdirSync(join(proc.path, '5'));
        // Root may list any folder; a link to itself is refused to root, too.
        symlinkSync('fd', join(proc.path, '5/fd'));
      }
      expect(await collect(source, { procRoot: proc.path })).toEqual({
        facts: { 'listener/0.0.0.0:22/tcp': { protocol: 'tcp', address: '0.0.0.0', port: 22, uids: [0] } },
        hidden: { 'listener/0.0.0.0:22/tcp': 'PROGRAM_HIDDEN' },
      });
    },
  );
});

describe('what can not be read', () => {
  const hiddenAll = (code: string) => ({ facts: {}, hidden: { 'listener/*': code, 'loopback-listener/*': code } });

  test('hides everything when the tables are not there', async () => {
    using proc = tree();
    expect(await collect(source, { procRoot: proc.path })).toEqual(hiddenAll('SOCKETS_UNREADABLE'));
  });

  test('hides nothing when the kernel has no IPv6', async () => {
    using proc = tree(procNet({ tcp: [socketLine(SSH)] }));
    rmSync(join(proc.path, 'net/tcp6'));
    rmSync(join(proc.path, 'net/udp6'));
    procProcess(proc.path, 4, '/usr/sbin/sshd', [1]);
    expect(Object.keys((await collect(source, { procRoot: proc.path })).facts)).toEqual(['listener/0.0.0.0:22/tcp']);
  });

  test.each([
    ['a line that is cut off', `${socketLine(SSH)}\n${socketLine(SSH).slice(0, 40)}`],
    ['a line of something else', 'PRETTY_NAME="x"'],
    ['an address that is none', socketLine('0000:0016')],
  ])('hides everything when there is %s', async (_, lines) => {
    using proc = tree(procNet({ tcp: [lines] }));
    expect(await collect(source, { procRoot: proc.path })).toEqual(hiddenAll('SOCKETS_UNREADABLE'));
  });

  test('hides everything when a table has no head', async () => {
    using proc = tree({ ...procNet({}), 'net/udp': '' });
    expect(await collect(source, { procRoot: proc.path })).toEqual(hiddenAll('SOCKETS_UNREADABLE'));
  });
});

test('ten thousand listening sockets are as many facts', async () => {
  const sockets = Array.from({ length: 10_000 }, (_, index) => ({
    local: `0A${(index >> 8).toString(16).padStart(2, '0').toUpperCase()}${(index & 255).toString(16).padStart(2, '0').toUpperCase()}7F:0050`,
    inode: index + 1,
  }));
  using proc = tree(procNet({ tcp: sockets.map(({ local, inode }) => socketLine(local, { inode })) }));
  procProcess(
    proc.path,
    4,
    '/usr/sbin/haproxy',
    sockets.map(({ inode }) => inode),
  );
  const { facts, hidden } = await collect(source, { procRoot: proc.path });
  expect(Object.keys(facts)).toHaveLength(10_000);
  expect(hidden).toEqual({});
  expect(Object.values(facts).every(({ programs }) => JSON.stringify(programs) === '["/usr/sbin/haproxy"]')).toBe(true);
});

test.skipIf(process.platform !== 'linux')(
  'a socket that is really opened on this machine is really seen, and gone when closed',
  async () => {
    const mine = async () => {
      const { facts } = await collect(source);
      return facts[`loopback-listener/127.0.9.9:chosen/tcp by ${process.execPath}`];
    };
    expect(await mine()).toBeUndefined();
    const server = createServer().listen(0, '127.0.9.9');
    await new Promise((resolve) => server.once('listening', resolve));
    expect(await mine()).toMatchObject({ protocol: 'tcp', programs: [process.execPath], uids: [process.getuid?.()] });
    await new Promise((resolve) => server.close(resolve));
    expect(await mine()).toBeUndefined();
  },
);
