import { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * Makes this process kill itself, with SIGKILL, right before its n-th SQLite statement from now on,
 * whoever runs it: databases, locks, migrations. Between two statements nothing reaches the disk, so
 * "before the next" is also "after this one". Returns how many were run so far; 0 kills never.
 */
export function killBefore(point: number): () => number {
  let statements = 0;
  const step = (): void => {
    statements += 1;
    if (statements === point) process.kill(process.pid, 'SIGKILL');
  };
  patch(DatabaseSync.prototype, ['exec'], step);
  patch(StatementSync.prototype, ['run', 'get', 'all', 'iterate'], step);
  return () => statements;
}

function patch(prototype: object, methods: readonly string[], before: () => void): void {
  for (const method of methods) {
    const original: unknown = Reflect.get(prototype, method);
    if (typeof original !== 'function') throw new Error(`node:sqlite has no ${method} any more`);
    Reflect.set(prototype, method, function (this: unknown, ...args: unknown[]): unknown {
      before();
      return Reflect.apply(original, this, args);
    });
  }
}
