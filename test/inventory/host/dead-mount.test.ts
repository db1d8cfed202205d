import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { source as keys } from '../../../src/inventory/host/authorized-keys.ts';
import { source as files } from '../../../src/inventory/host/named-files.ts';
import { source as jobs } from '../../../src/inventory/host/scheduled-jobs.ts';
import { collect } from '../../support/inventory.ts';
import { mayHang, mountHanging } from '../../support/mounting.ts';
import { tree } from '../../support/tree.ts';

test.skipIf(!mayHang)(
  'what lies on a dead mount is hidden, the rest is there, and nothing hangs (needs root and /dev/fuse)',
  async () => {
    using root = tree();
    const dead = join(root.path, 'dead');
    mkdirSync(dead);
    using etc = tree({
      'etc/passwd': `ana:x:1:1::${dead}/ana:/bin/sh\nbob:x:2:2::/home/bob:/bin/sh\n`,
      'home/bob/.config/systemd/user/b.timer': '[Timer]\nOnCalendar=daily\n',
    });
    const letGo = mountHanging(dead);
    try {
      const [byKeys, byFiles, byJobs] = await Promise.all([
        collect(keys, { root: etc.path }),
        collect(files, { root: etc.path }, [`${dead}/x`, '/etc/passwd']),
        collect(jobs, { root: etc.path }),
      ]);
      expect(byKeys).toEqual({ facts: {}, hidden: { 'authorized-key/ana/*': 'TIMEOUT' } });
      expect(Object.keys(byFiles.facts)).toEqual(['named-file//etc/passwd']);
      expect(byFiles.hidden).toEqual({ [`named-file/${dead}/x`]: 'TIMEOUT' });
      expect(Object.keys(byJobs.facts)).toEqual(['timer/user bob/b.timer']);
      expect(byJobs.hidden).toEqual({ 'timer/user ana/*': 'TIMEOUT' });
    } finally {
      letGo();
    }
  },
);
