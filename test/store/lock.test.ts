import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeLock } from '../../src/store/lock.ts';
import { tempFolder } from '../support/temp.ts';

describe('a lock', () => {
  it('is held by one, and free again once released', () => {
    const path = join(tempFolder(), 'x.lock');
    const first = takeLock(path);
    expect(first).not.toBeNull();
    expect(takeLock(path)).toBeNull();
    first?.release();
    const second = takeLock(path);
    expect(second).not.toBeNull();
    second?.release();
  });

  it('is freed by the kernel the moment its process is killed', async () => {
    const path = join(tempFolder(), 'x.lock');
    const holder = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { takeLock } from ${JSON.stringify(join(import.meta.dirname, '../../src/store/lock.ts'))};
       globalThis.lock = takeLock(${JSON.stringify(path)});
       process.stdout.write('held');
       setInterval(() => {}, 1000);`,
    ]);
    await once(holder.stdout, 'data');
    expect(takeLock(path)).toBeNull();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const lock = takeLock(path);
    expect(lock).not.toBeNull();
    lock?.release();
  });
});
