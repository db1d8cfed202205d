import { beforeEach, describe, expect, test } from 'vitest';
import { join } from 'node:path';
import { pursue } from '../../src/maker/pursue.ts';
import { verifyAudit } from '../../src/store/audit-verify.ts';
import { copied, pursueInProcess, seededFake, template, type Template } from '../support/crash/gate-scenario.ts';
import type { FakeProvider } from '../support/fake-provider/server.ts';
import { openGate } from '../support/gate/deps.ts';

/** Hundreds of processes, on a machine that may be busy. */
const MINUTES = 600_000;

let at: Template;
beforeEach(async () => {
  at = await template();
});

/** What somebody who takes the plan up again makes of it, and what the target then has seen. */
async function afterwards(folder: string, fake: FakeProvider): Promise<unknown> {
  const gate = openGate(fake, { folder });
  const { status, plan } = await pursue(at.plan, gate);
  gate.log.sealHead();
  const audit = verifyAudit(gate.database, { head: join(folder, 'audit.head'), key: join(folder, 'audit.key') });
  gate.database.close();
  return {
    end: `${status} ${plan.status}`,
    writes: fake.writes().map(({ verb, name, auditId }) => `${verb} ${name} ${auditId}`),
    audit: audit.status,
  };
}

const once = (): object => ({
  end: 'ended verified',
  writes: [`patch web ${at.plan}-s1`, `create new ${at.plan}-s2`, `delete old ${at.plan}-s3`],
  audit: 'sound',
});

async function pointsOfAll(): Promise<number> {
  await using fake = await seededFake();
  const folder = copied(at);
  const { points } = await pursueInProcess(folder, fake, at.plan, 0);
  expect(await afterwards(folder, fake), 'killed by nobody').toEqual(once());
  return points ?? 0;
}

describe('a process that is killed while it applies a plan', () => {
  test('at any point: the next one does what was not done, and nothing twice', { timeout: MINUTES }, async () => {
    const points = await pointsOfAll();
    // Two for each call of a method alone.
    expect(points).toBeGreaterThan(100);
    await inTurn(points, async (point) => {
      await using fake = await seededFake();
      const folder = copied(at);
      expect((await pursueInProcess(folder, fake, at.plan, point)).killed, `point ${point}`).toBe(true);
      expect(await afterwards(folder, fake), `killed at point ${point} of ${points}`).toEqual(once());
    });
  });

  test('and the next one too, at some other point: likewise', { timeout: MINUTES }, async () => {
    const points = await pointsOfAll();
    await inTurn(Math.floor(points / 5), async (fifth) => {
      await using fake = await seededFake();
      const folder = copied(at);
      const [first, second] = [fifth * 5, 1 + ((fifth * 37) % 90)];
      await pursueInProcess(folder, fake, at.plan, first);
      await pursueInProcess(folder, fake, at.plan, second);
      expect(await afterwards(folder, fake), `killed at ${first}, and then at ${second}`).toEqual(once());
    });
  });

  test.for([1, 2, 3])('by whose write %i was taken, but never answered: it is read, not repeated', async (nth) => {
    for (const applied of [true, false]) {
      await using fake = await seededFake();
      const folder = copied(at);
      for (let before = 1; before < nth; before++) fake.fault('write', { kind: 'slow', until: Promise.resolve() });
      fake.fault('write', { kind: 'silence', applied });
      const { killed } = await pursueInProcess(folder, fake, at.plan, 0, (kill) => {
        const wait = async (): Promise<void> => {
          for (let write = 1; write <= nth; write++) await fake.arrival('write');
          // In the turn after the one in which the fake took it.
          setImmediate(kill);
        };
        void wait();
      });
      expect(killed).toBe(true);
      expect(await afterwards(folder, fake), applied ? 'taken' : 'lost on the way').toEqual(once());
    }
  });

  test('and whose outcome can not be read stays unknown, and is never written again', async () => {
    await using fake = await seededFake();
    const folder = copied(at);
    fake.fault('write', { kind: 'silence', applied: true });
    await pursueInProcess(folder, fake, at.plan, 0, (kill) => {
      void fake.arrival('write').then(() => setImmediate(kill));
    });
    fake.fault('read', { kind: 'storage-away' }, 3);
    const patched = { writes: [`patch web ${at.plan}-s1`], audit: 'sound' };
    expect(await afterwards(folder, fake)).toEqual({ end: 'ended unknown', ...patched });
    expect(await afterwards(folder, fake)).toEqual({ end: 'waits unknown', ...patched });
    expect(await afterwards(folder, fake)).toEqual({ end: 'waits unknown', ...patched });
    // What was done is known now; the rest waits for the operator's word.
    expect(await afterwards(folder, fake)).toEqual({ end: 'ended partial', ...patched });
    const gate = openGate(fake, { folder });
    expect((await pursue(at.plan, gate, { resume: true })).plan.status).toBe('verified');
    gate.database.close();
    expect(fake.writes()).toHaveLength(3);
  });
});

/** Points 1 to `last`, two at a time. */
async function inTurn(last: number, work: (point: number) => Promise<void>): Promise<void> {
  let next = 1;
  const worker = async (): Promise<void> => {
    for (let point = next++; point <= last; point = next++) await work(point);
  };
  await Promise.all([worker(), worker()]);
}
