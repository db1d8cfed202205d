import { beforeEach, describe, expect, it } from 'vitest';
import { advance, changesSince, type CursorName } from '../../src/app/changes-since.ts';
import { acknowledgeFinding } from '../../src/app/findings.ts';
import type { FindingHistoryEntry } from '../../src/domain/finding-history.ts';
import type { Standing } from '../../src/domain/finding.ts';
import { openDatabase } from '../../src/store/database.ts';
import { findingsTable } from '../../src/store/findings.ts';
import { compact } from '../../src/store/retention.ts';
import { anApp, type TestApp } from '../support/app.ts';
import { inventoryOf } from '../support/fake-inventory.ts';
import { aFinding, HOUR } from '../support/notify/findings.ts';

type Kind = FindingHistoryEntry['kind'];

const STANDING: Partial<Readonly<Record<Kind, Standing>>> = {
  opened: 'new',
  reopened: 'new',
  changed: 'changed',
  flapping: 'changed',
  resolved: 'resolved',
};

const BEAT: CursorName = { client: 'claude', name: 'beat' };

let world: TestApp;
beforeEach(() => {
  world = anApp(inventoryOf());
});

/** A finding as a run leaves it, after these events. */
function happened(name: string, ...kinds: readonly Kind[]): string {
  const { app, clock } = world;
  const table = findingsTable(app.database);
  const last = kinds.at(-1) ?? 'opened';
  const standing = STANDING[last] ?? 'ongoing';
  const finding = aFinding(name, { standing, resolvedAt: standing === 'resolved' ? clock.time : null });
  app.database.transaction(() => {
    table.write(finding);
    for (const kind of kinds) table.writeEvent({ key: finding.key, at: clock.time, run: null, kind, detail: null });
  });
  return finding.id;
}

/** What is told, by name; and moves the cursor, unless the telling was cut short. */
function told(cursor: CursorName = BEAT, options: { readonly died?: boolean } = {}) {
  const { since, until, fresh, changed, resolved, cut } = changesSince(world.app, cursor);
  if (options.died !== true) advance(world.app, cursor, until);
  const names = (findings: typeof fresh): readonly string[] => findings.map(({ name }) => name);
  return { since, fresh: names(fresh), changed: names(changed), resolved: names(resolved), cut };
}

const NOTHING = { fresh: [], changed: [], resolved: [], cut: false };

describe('the first time', () => {
  it('of an empty store tells nothing', () => {
    expect(told()).toEqual({ ...NOTHING, since: null });
  });

  it('tells all that is open as new, whenever it began, and nothing that is over', () => {
    happened('old', 'opened', 'changed');
    happened('over', 'opened', 'resolved');
    world.clock.time += 30 * 24 * HOUR;
    happened('young', 'opened');
    expect(told()).toEqual({ ...NOTHING, since: null, fresh: ['old', 'young'] });
  });
});

describe('the next time', () => {
  it('tells nothing when nothing happened, and since when', () => {
    happened('disk', 'opened');
    const asked = world.clock.time;
    told();
    world.clock.time += HOUR;
    expect(told()).toEqual({ ...NOTHING, since: asked });
    expect(told()).toEqual({ ...NOTHING, since: asked + HOUR });
  });

  it.each<readonly [string, readonly Kind[], 'fresh' | 'changed' | 'resolved']>([
    ['opened', ['opened'], 'fresh'],
    ['opened and then changed', ['opened', 'changed'], 'fresh'],
    ['reopened', ['reopened'], 'fresh'],
    ['resolved and reopened', ['resolved', 'reopened'], 'fresh'],
    ['changed', ['changed'], 'changed'],
    ['found to flap', ['flapping'], 'changed'],
    ['resolved', ['resolved'], 'resolved'],
    ['changed and then resolved', ['changed', 'resolved'], 'resolved'],
    ['opened and resolved in between', ['opened', 'resolved'], 'resolved'],
    ['reopened and resolved in between', ['reopened', 'resolved'], 'resolved'],
  ])('tells of one that was %s once, for what came of it', (_what, kinds, list) => {
    if (!kinds.includes('opened')) happened('disk', 'opened');
    happened('other', 'opened');
    told();
    happened('disk', ...kinds);
    expect(told()).toMatchObject({ ...NOTHING, [list]: ['disk'] });
    expect(told()).toMatchObject(NOTHING);
  });

  it('says nothing of what the operator did', () => {
    const id = happened('disk', 'opened');
    told();
    acknowledgeFinding(world.app, id, 'known');
    expect(told()).toMatchObject(NOTHING);
  });

  it('says that some may be missing when more happened than is looked through', () => {
    told();
    happened('first', 'opened');
    happened('loud', ...Array.from({ length: 10_000 }, (): Kind => 'changed'));
    expect(told()).toMatchObject({ fresh: [], changed: ['loud'], cut: true });
    expect(told()).toMatchObject(NOTHING);
  });
});

describe('a cursor', () => {
  it('is its client’s own, and its name’s', () => {
    const other: CursorName = { client: 'codex', name: 'beat' };
    const nightly: CursorName = { client: 'claude', name: 'nightly' };
    happened('disk', 'opened');
    told();
    told(other);
    happened('cert', 'opened');
    expect(told().fresh).toEqual(['cert']);
    happened('disk', 'resolved');
    expect(told(other)).toMatchObject({ fresh: ['cert'], resolved: ['disk'] });
    expect(told()).toMatchObject({ fresh: [], resolved: ['disk'] });
    expect(told(nightly)).toMatchObject({ since: null, fresh: ['cert'], resolved: [] });
  });

  it('stays where it is until it is moved: what was asked before a crash is told again', () => {
    told();
    happened('disk', 'opened');
    expect(told(BEAT, { died: true }).fresh).toEqual(['disk']);
    expect(told(BEAT, { died: true }).fresh).toEqual(['disk']);
    expect(told().fresh).toEqual(['disk']);
    expect(told().fresh).toEqual([]);
  });

  it('moves to what was told: what happens between the telling and the moving is told the next time', () => {
    told();
    const { until } = changesSince(world.app, BEAT);
    happened('disk', 'opened');
    advance(world.app, BEAT, until);
    expect(told().fresh).toEqual(['disk']);
  });

  it('is on disk: another process goes on from it', () => {
    happened('disk', 'opened');
    told();
    const database = openDatabase(world.app.database.path);
    const elsewhere = changesSince({ ...world.app, database }, BEAT);
    database.close();
    expect(elsewhere).toMatchObject({ since: world.clock.time, fresh: [] });
  });

  it('misses nothing when what it stands at was forgotten', async () => {
    happened('disk', 'opened');
    happened('disk', 'resolved');
    told();
    world.clock.time += 400 * 24 * HOUR;
    await compact(world.app.database, world.clock.time, world.clock.time);
    happened('cert', 'opened');
    expect(told().fresh).toEqual(['cert']);
  });

  it('is forgotten when two thousand others were used since: all that is open is new again', () => {
    happened('disk', 'opened');
    told();
    for (let index = 0; index < 2_000; index += 1) {
      world.clock.time += 1;
      told({ client: 'loud', name: `cursor ${index}` });
    }
    expect(told()).toMatchObject({ since: null, fresh: ['disk'] });
  });
});
