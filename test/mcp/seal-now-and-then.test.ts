import { rmSync, statSync } from 'node:fs';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { recordCall } from '../../src/app/mcp-calls.ts';
import { CodedError } from '../../src/domain/coded-error.ts';
import { sealNowAndThen } from '../../src/mcp/seal-now-and-then.ts';
import { readHead } from '../../src/store/audit-head.ts';
import { anApp } from '../support/app.ts';
import { inventoryOf } from '../support/fake-inventory.ts';

const EVERY_MS = 2_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
});

function sealing() {
  const { app } = anApp(inventoryOf());
  const troubles: unknown[] = [];
  const end = sealNowAndThen(app, (error) => troubles.push(error));
  onTestFinished(end);
  return {
    app,
    troubles,
    end,
    called: () => recordCall(app, { client: 'claude', tool: 'runs', input: {}, outcome: 'answered' }),
    /** How many entries the copied head was signed over. */
    sealed: () => {
      const file = readHead(app.stateDir.auditHead);
      return file.status === 'head' ? file.head.seq : file.status;
    },
  };
}

it('the head of the audit log is copied after calls, not at each', () => {
  const { called, sealed } = sealing();
  called();
  called();
  const before = sealed();
  vi.advanceTimersByTime(EVERY_MS);
  expect([before, sealed()]).toEqual([0, 3]);
  called();
  expect(sealed()).toBe(3);
  vi.advanceTimersByTime(EVERY_MS);
  expect(sealed()).toBe(4);
});

it('nothing is written while nobody calls', () => {
  const { app, called } = sealing();
  called();
  vi.advanceTimersByTime(EVERY_MS);
  const { ino, mtimeNs } = statSync(app.stateDir.auditHead, { bigint: true });
  vi.advanceTimersByTime(100 * EVERY_MS);
  expect(statSync(app.stateDir.auditHead, { bigint: true })).toMatchObject({ ino, mtimeNs });
});

it('nothing is written after its end', () => {
  const { called, sealed, end } = sealing();
  called();
  end();
  vi.advanceTimersByTime(10 * EVERY_MS);
  expect(sealed()).toBe(0);
});

it('a head that was taken away is told, again and again, and calls go on', () => {
  const { app, called, troubles } = sealing();
  called();
  rmSync(app.stateDir.auditHead);
  vi.advanceTimersByTime(EVERY_MS);
  called();
  vi.advanceTimersByTime(EVERY_MS);
  expect(troubles.map((error) => error instanceof CodedError && error.code)).toEqual(['AUDIT_BROKEN', 'AUDIT_BROKEN']);
  app.audit.sealAnew(); // as after a restore, so that the app can be closed
});
