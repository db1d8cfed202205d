import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SQLOutputValue } from 'node:sqlite';
import { canonicalJson } from '../../src/domain/canonical-json.ts';
import { digestOf } from '../../src/domain/digest.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { changePlan } from '../../src/maker/change-plan.ts';
import { pursue } from '../../src/maker/pursue.ts';
import { plansTable, type PlansTable } from '../../src/store/plans.ts';
import { openMemory, type Database } from '../../src/store/database.ts';
import { codeOf, codeOfAsync } from '../support/errors.ts';
import { aDraft, ANA, endedIn, gateHouse, NIGHTLY, scale } from '../support/gate/house.ts';
import { GATE_KEY, TUESDAY } from '../support/gate/deps.ts';
import { hookedCatalog, type Hook } from '../support/gate/hooked-catalog.ts';
import { policyAtHand, SCALES } from '../support/gate/policy-at-hand.ts';

/** A plan in each of four states, sealed by a real gate. */
let plans: { readonly queued: Plan; readonly approved: Plan; readonly granted: Plan; readonly verified: Plan };

beforeAll(async () => {
  await using house = await gateHouse();
  for (const name of ['a', 'b', 'c', 'd']) house.fake.cluster.seed(name, 4);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  const { trusted } = policyAtHand(house.gate, SCALES, folder);
  rmSync(folder, { recursive: true });
  plans = {
    queued: await house.made(aDraft([scale('a', 2)], { origin: { actor: NIGHTLY, findings: [] } })),
    approved: house.approved(await house.made(aDraft([scale('b', 2)]))),
    granted: await house.made(aDraft([scale('c', 2)]), { policy: trusted, apply: true }),
    verified: endedIn(await house.carriedOut(aDraft([scale('d', 2)])), 'verified'),
  };
});

function stored(plan: Plan): { readonly database: Database; readonly table: PlansTable } {
  const database = openMemory();
  const table = plansTable(database, GATE_KEY);
  table.insert(plan);
  // Whoever has the file is not kept by its triggers.
  database.sqlite.exec('DROP TRIGGER plans_keep_what_was_sealed');
  return { database, table };
}

/** What reading the one plan there is gives. */
function outcome(table: PlansTable): string {
  try {
    table.list({ statuses: null, limit: 9 });
    return 'believed';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

describe('a stored plan', () => {
  test.for(['queued', 'approved', 'granted', 'verified'] as const)('that is %s is read as it was written', (name) => {
    const { table, database } = stored(plans[name]);
    expect(table.byId(plans[name].id)).toEqual([plans[name]]);
    expect(table.list({ statuses: [plans[name].status], limit: 9 })).toEqual([plans[name]]);
    expect(table.withIntent(plans[name].intent, [plans[name].status])).toEqual([plans[name]]);
    expect(table.list({ statuses: ['noop'], limit: 9 })).toEqual([]);
    database.close();
  });

  test.for(
    (['queued', 'approved', 'granted', 'verified'] as const).flatMap((name) =>
      (['id', 'status', 'digest', 'intent', 'bytes', 'state', 'mac'] as const).map((column) => [name, column] as const),
    ),
  )('that is %s is refused with any one byte of its %s changed', ([name, column]) => {
    const { table, database } = stored(plans[name]);
    const text = String(database.sqlite.prepare(`SELECT ${column} AS value FROM plans`).get()?.['value']);
    const bytes = Buffer.from(text);
    // As bytes, so that what is no text is tried too.
    const write = database.sqlite.prepare(`UPDATE plans SET ${column} = CAST(? AS TEXT)`);
    const wrong: string[] = [];
    for (let place = 0; place < bytes.length; place++) {
      for (const bit of [1, 32, 128]) {
        const changed = Buffer.from(bytes);
        changed[place] = (bytes[place] ?? 0) ^ bit;
        write.run(changed);
        const came = outcome(table);
        if (came !== 'PLAN_TAMPERED') wrong.push(`byte ${place} ^ ${bit}: ${came}`);
      }
    }
    expect(wrong).toEqual([]);
    write.run(bytes);
    expect(outcome(table)).toBe('believed');
    database.close();
  });

  test.for<[string, string]>([
    ['its runbook', "UPDATE plans SET runbook = 'other'"],
    ['no runbook', 'UPDATE plans SET runbook = NULL'],
    ['its time', 'UPDATE plans SET created_at = created_at + 1'],
    ['nothing that was sealed', "UPDATE plans SET bytes = 'null'"],
    ['a number for what was sealed', "UPDATE plans SET bytes = '7'"],
    ['an empty object for what was sealed', "UPDATE plans SET bytes = '{}'"],
    ['what is no JSON', "UPDATE plans SET bytes = ''"],
    ['no state', "UPDATE plans SET state = 'null'"],
    ['a code in capitals', 'UPDATE plans SET mac = upper(mac)'],
    ['no code', "UPDATE plans SET mac = ''"],
    ['a code and more', "UPDATE plans SET mac = mac || '00'"],
    ['a space after what was sealed', "UPDATE plans SET bytes = bytes || ' '"],
    ['a space after its state', "UPDATE plans SET state = state || ' '"],
  ])('is refused with a change of %s', ([, sql]) => {
    const { table, database } = stored(plans.queued);
    database.sqlite.exec(sql);
    expect(outcome(table)).toBe('PLAN_TAMPERED');
    database.close();
  });

  test('is refused with the state, the code or the bytes of another plan', () => {
    for (const columns of [['state'], ['mac'], ['bytes'], ['state', 'mac'], ['status', 'state', 'mac']]) {
      const { table, database } = stored(plans.queued);
      table.insert(plans.approved);
      const theirs = columns.map((column) => `${column} = other.${column}`).join(', ');
      database.sqlite.exec(
        `UPDATE plans SET ${theirs} FROM (SELECT * FROM plans WHERE status = 'authorised') AS other WHERE plans.status = 'queued'`,
      );
      expect(codeOf(() => table.byId(plans.queued.id))).toBe('PLAN_TAMPERED');
      database.close();
    }
  });

  test('that somebody else wrote is none, however well it is made', () => {
    const database = openMemory();
    plansTable(database, new Uint8Array(32).fill(8)).insert(plans.approved);
    expect(outcome(plansTable(database, GATE_KEY))).toBe('PLAN_TAMPERED');
    database.close();
  });

  test('of a later form is said to be, when this installation wrote it', () => {
    const database = openMemory();
    const later = { ...plans.queued.sealed, v: 2 };
    const table = plansTable(database, GATE_KEY);
    const made = plans.queued;
    // As a later Holdfast with the same key would write it.
    Reflect.apply(table.insert, null, [
      { ...made, sealed: later, bytes: canonicalJson(later), digest: digestOf('plan', later) },
    ]);
    expect(outcome(table)).toBe('PLAN_NEWER');
    database.close();
  });

  test('can not be given other bytes by this program itself', () => {
    const database = openMemory();
    plansTable(database, GATE_KEY).insert(plans.queued);
    for (const column of ['id', 'digest', 'bytes', 'intent', 'created_at'])
      expect(() => database.sqlite.exec(`UPDATE plans SET ${column} = 1`)).toThrow('what was sealed never changes');
    database.close();
  });

  test('is counted for its runbook and no other', () => {
    const { table, database } = stored(plans.queued);
    table.insert(plans.approved);
    expect([table.madeBy('nightly', TUESDAY), table.madeBy('nightly', TUESDAY + 1), table.madeBy('other', 0)]).toEqual([
      1, 0, 0,
    ]);
    database.close();
  });
});

describe('an older row that was put back', () => {
  const COLUMNS = 'status, state, mac';
  type Row = Record<string, SQLOutputValue>;

  test('after the plan was applied is refused at the claim, and nothing is written a second time', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const plan = house.approved(await house.made(aDraft([scale('web', 2)])));
    const { sqlite } = house.gate.database;
    const row: Row = sqlite.prepare(`SELECT ${COLUMNS} FROM plans`).get() ?? {};
    endedIn(await house.pursued(plan), 'verified');
    house.fake.cluster.setReplicas('web', 4);
    sqlite.prepare('UPDATE plans SET status = ?, state = ?, mac = ?').run(...Object.values(row));
    expect(house.now(plan).status).toBe('authorised');
    expect(await codeOfAsync(() => house.pursued(plan))).toBe('PLAN_TAMPERED');
    expect(house.fake.writes()).toHaveLength(1);
  });

  test('while the plan is in the middle is refused at the claim too', async () => {
    const at: { hook: Hook } = { hook: () => undefined };
    await using house = await gateHouse({ catalog: (real) => hookedCatalog(real, (...point) => at.hook(...point)) });
    for (const name of ['web', 'api']) house.fake.cluster.seed(name, 4);
    const plan = house.approved(await house.made(aDraft([scale('web', 2), scale('api', 2)])));
    const { sqlite } = house.gate.database;
    const row: Row = sqlite.prepare(`SELECT ${COLUMNS} FROM plans`).get() ?? {};
    at.hook = (when, method) => {
      if (when === 'after' && method === 'apply') house.gate.stop.abort();
    };
    expect((await house.pursued(plan)).plan.status).toBe('applying');
    at.hook = () => undefined;
    house.fake.cluster.setReplicas('web', 4);
    sqlite.prepare('UPDATE plans SET status = ?, state = ?, mac = ?').run(...Object.values(row));
    const context = { ...house.gate.context, signal: new AbortController().signal };
    expect(await codeOfAsync(() => pursue(plan.id, { ...house.gate, context }))).toBe('PLAN_TAMPERED');
    expect(house.fake.writes()).toHaveLength(1);
  });

  test('of a plan in the middle is refused once it was seen through, though the world is as before', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    house.fake.cluster.seed('api', 4);
    const plan = house.approved(await house.made(aDraft([scale('web', 2), scale('api', 2)])));
    const rows: Row[] = [];
    const { sqlite } = house.gate.database;
    const write: typeof house.gate.store.write = (changed) => {
      house.gate.store.write(changed);
      rows.push(sqlite.prepare(`SELECT ${COLUMNS} FROM plans`).get() ?? {});
    };
    endedIn(await pursue(plan.id, { ...house.gate, store: { ...house.gate.store, write } }), 'verified');
    for (const name of ['web', 'api']) house.fake.cluster.setReplicas(name, 4);
    const middle = rows.filter(({ status }) => status === 'applying');
    expect(middle.length).toBeGreaterThanOrEqual(5);
    for (const row of middle) {
      sqlite.prepare('UPDATE plans SET status = ?, state = ?, mac = ?').run(...Object.values(row));
      expect(await codeOfAsync(() => house.pursued(plan))).toBe('PLAN_TAMPERED');
    }
    expect(house.fake.writes()).toHaveLength(2);
  });

  test('of an approval that was revoked does not bring it back', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const plan = house.approved(await house.made(aDraft([scale('web', 2)])));
    const { sqlite } = house.gate.database;
    const row: Row = sqlite.prepare(`SELECT ${COLUMNS} FROM plans`).get() ?? {};
    changePlan(house.gate, plan.id, ANA, () => ({ event: 'revoke', by: ANA, reason: null }));
    sqlite.prepare('UPDATE plans SET status = ?, state = ?, mac = ?').run(...Object.values(row));
    expect(await codeOfAsync(() => house.pursued(plan))).toBe('PLAN_TAMPERED');
    expect(house.fake.writes()).toEqual([]);
  });
});
