import { describe, expect, test } from 'vitest';
import { mountOf, parseMountInfo } from '../../../src/providers/host/mounts.ts';

const TEXT = `22 27 0:21 / /proc rw,relatime shared:5 - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
30 27 8:17 / /mnt/my\\040disk\\011x rw,relatime shared:1 master:2 - xfs /dev/sdb1 rw
31 27 8:17 /sub /srv/bind rw - xfs /dev/sdb1 rw
32 27 0:40 / /mnt/nas rw,relatime - nfs4 nas:/export rw,vers=4.2,addr=10.0.0.2
33 27 0:41 / /home/me/cloud rw,nosuid - fuse.rclone remote: rw,user_id=1000
34 27 8:33 / /data ro,relatime - ext4 /dev/sdc1 ro,errors=remount-ro
35 27 0:50 / /tmp rw - tmpfs tmpfs rw,size=1024k
36 27 0:51 / /tmp rw - tmpfs tmpfs rw,size=2048k
not a line of it

37 27 0:52
`;

describe('mountinfo', () => {
  const mounts = parseMountInfo(TEXT);
  const at = (mountPoint: string) => mounts.find((mount) => mount.mountPoint === mountPoint);

  test('is read with any number of optional fields, and what is no line of it is left out', () => {
    expect(mounts.map((mount) => mount.mountPoint)).toEqual([
      '/proc',
      '/',
      '/mnt/my disk\tx',
      '/srv/bind',
      '/mnt/nas',
      '/home/me/cloud',
      '/data',
      '/tmp',
    ]);
    expect(at('/mnt/my disk\tx')).toEqual({
      mountPoint: '/mnt/my disk\tx',
      root: '/',
      device: '8:17',
      fsType: 'xfs',
      source: '/dev/sdb1',
      readOnly: false,
      readOnlyByError: false,
      remote: false,
      forbids: [],
    });
    expect(at('/srv/bind')).toMatchObject({ root: '/sub', device: '8:17' });
  });

  test('network and user-space file systems are remote', () => {
    expect(mounts.filter((mount) => mount.remote).map((mount) => mount.fsType)).toEqual(['nfs4', 'fuse.rclone']);
  });

  test('what the kernel made read-only after an error can be told', () => {
    expect(at('/data')).toMatchObject({ readOnly: true, readOnlyByError: true });
  });

  test('of two mounts on one point the last counts, as it hides the other', () => {
    expect(at('/tmp')?.device).toBe('0:51');
  });

  test('a path lies on the mount with the longest name that holds it', () => {
    expect(mountOf('/srv/bind/x', mounts)?.mountPoint).toBe('/srv/bind');
    expect(mountOf('/srv/bindery', mounts)?.mountPoint).toBe('/');
    expect(mountOf('/data', mounts)?.mountPoint).toBe('/data');
    expect(mountOf('/data', [])).toBeNull();
  });
});
