import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/**
 * A process that carries out a step and kills itself with SIGKILL right before its n-th change of the file system;
 * 0: never. Prints how many there were.
 * Arguments: the name of the action, its sealed step as JSON, its root, n.
 */
const [name = '', step = '', root = '', point = '0'] = process.argv.slice(2);
let changes = 0;
for (const method of ['rename', 'mkdir', 'link', 'unlink', 'rmdir'] as const) {
  const original: unknown = fs[method];
  if (typeof original !== 'function') throw new Error(`node:fs/promises has no ${method} any more`);
  Reflect.set(fs, method, (...args: unknown[]): unknown => {
    changes += 1;
    if (changes === Number(point)) process.kill(process.pid, 'SIGKILL');
    return Reflect.apply(original, fs, args);
  });
}
syncBuiltinESMExports();
const { applied, world } = await import('./steps.ts');
const { action } = await import(`../../../src/maker/actions/host/${name}.ts`);
const outcome = await applied(action, JSON.parse(step), world({ pruneRoots: [root] }));
process.stdout.write(JSON.stringify({ changes, outcome }));
