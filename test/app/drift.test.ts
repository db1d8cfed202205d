import { describe, expect, it } from 'vitest';
import { acceptBaseline, baselineHistory, diffBaseline, showBaseline } from '../../src/app/baseline.ts';
import { runRunbook } from '../../src/app/run-runbook.ts';
import { CodedError } from '../../src/domain/coded-error.ts';
import type { HiddenFact, InventorySource } from '../../src/domain/inventory.ts';
import type { Runbook } from '../../src/domain/runbook.ts';
import { anApp } from '../support/app.ts';
import { codeOf, codeOfAsync } from '../support/errors.ts';
import { aSource, aWorld, fact, hiddenFact, inventoryOf } from '../support/fake-inventory.ts';

const EVERYTHING = [{ sources: '*', settings: {} }];

const NIGHTLY: Runbook = {
  name: 'nightly',
  form: 'yaml',
  path: '/ops/nightly.yaml',
  digest: 'sha256:0',
  schedule: null,
  timezone: null,
  activeHours: null,
  overlap: 'skip',
  catchUpMs: 0,
  timeoutMs: 10_000,
  checks: [],
  baseline: { name: 'production', of: EVERYTHING },
  agent: null,
  policy: null,
  onFinding: [],
  notify: [],
  instructions: '',
  tasks: [],
};

const KINDS = ['listener', 'user'];
const ssh = fact('listener', '0.0.0.0:22/tcp', { program: '/usr/sbin/sshd' });
const web = fact('listener', '0.0.0.0:80/tcp', { program: '/usr/sbin/nginx' });
const ana = fact('user', 'ana', { uid: 1000, groups: ['adm'] });
const signal = new AbortController().signal;

/** A night after the other over a world that a test moves. */
function nights(edit: Partial<InventorySource> = {}, others: readonly InventorySource[] = []) {
  const world = aWorld([ssh, ana]);
  const { app, clock } = anApp(inventoryOf(aSource(world, KINDS, edit), ...others));
  const night = async (runbook: Partial<Runbook> = {}, on = app) => {
    clock.time += 86_400_000;
    const options = { signal, onProgress: () => undefined, onWait: () => undefined };
    const { report } = await runRunbook(on, { ...NIGHTLY, ...runbook }, options);
    const [check] = report.run.checks;
    return {
      check,
      note: check?.note ?? null,
      findings: report.findings,
      told: report.findings.map(({ standing, title }) => `${standing}: ${title}`).toSorted(),
      hidden: check?.hidden.map(({ resource, failure }) => `${failure.code} ${resource}`) ?? [],
    };
  };
  const accept = (only: readonly string[] = []) => acceptBaseline(app, null, { only, reason: 'meant so' });
  return { world, app, night, accept };
}

describe('the first scan', () => {
  it('becomes the baseline silently, and the report says so', async () => {
    const { night, app } = nights();
    const first = await night();
    expect([first.told, first.check?.outcome, first.note]).toEqual([
      [],
      'ok',
      'The first scan: its 2 facts became the baseline "production".',
    ]);
    expect(showBaseline(app, null).inventory.facts).toEqual([ssh, ana]);
    expect(baselineHistory(app, null).events).toMatchObject([{ event: 'taken', before: null, counts: { facts: 2 } }]);
    expect((await night()).note).toBe('2 facts compared with the baseline "production".');
  });

  it('that could not read a part is the baseline of the rest, says so, and waits for that part to be accepted', async () => {
    const { world, night, accept } = nights();
    world.hidden = [hiddenFact('user', 'bob')];
    const first = await night();
    expect(first.note).toBe(
      'The first scan: its 2 facts became the baseline "production"; parts that could not be read, and are not in it: 1.',
    );
    expect([first.check?.outcome, first.hidden]).toEqual(['unknown', ['EACCES host:abc/user/bob']]);
    world.hidden = [];
    world.facts = [ssh, ana, fact('user', 'bob', { uid: 0 })];
    const second = await night();
    expect([second.told, second.hidden]).toEqual([[], ['BASELINE_LACKS host:abc/user/bob']]);
    accept(['user']);
    expect(await night()).toMatchObject({ told: [], hidden: [], check: { outcome: 'ok' } });
  });

  it('that was cut off is no baseline', async () => {
    const { night, app } = nights({ read: () => new Promise(() => undefined), timeoutMs: 60_000 });
    const cut = await night({ timeoutMs: 20 });
    expect(cut.check).toMatchObject({ outcome: 'unknown', failure: { code: 'RUN_ABORTED' } });
    expect(codeOf(() => showBaseline(app, 'production'))).toBe('NOT_FOUND');
  });

  it('that failed wholly is no baseline, and says why', async () => {
    const { world, night, app } = nights();
    world.trouble = new Error('no /proc here');
    expect((await night()).check).toMatchObject({
      outcome: 'unknown',
      failure: { code: 'SOURCE_THREW', message: 'host/fake: no /proc here' },
    });
    expect(codeOf(() => showBaseline(app, 'production'))).toBe('NOT_FOUND');
  });
});

describe('a scope', () => {
  const far = (id: InventorySource['id']) => {
    const world = aWorld([]);
    world.trouble = new Error('the cluster is not there');
    return { world, source: aSource(world, ['grant'], { id }) };
  };

  it('leaves what it does not name unread', async () => {
    const { source } = far('net/grants');
    const { night, app } = nights({}, [source]);
    const { check } = await night({ baseline: { name: 'production', of: [{ sources: 'host/*', settings: {} }] } });
    expect(check?.outcome).toBe('ok');
    expect(showBaseline(app, null).inventory.kinds).toEqual(['listener', 'user']);
    expect((await diffBaseline(app, null, signal)).drift.fresh).toEqual([]);
  });

  it('that names nothing there is makes the comparison unknown, and takes no baseline', async () => {
    const { night, app } = nights();
    const { check } = await night({ baseline: { name: 'production', of: [{ sources: 'hots/*', settings: {} }] } });
    expect(check).toMatchObject({ outcome: 'unknown', failure: { code: 'NOT_FOUND' } });
    expect(codeOf(() => showBaseline(app, 'production'))).toBe('NOT_FOUND');
  });

  it('of a source that never could say where it is still takes the baseline of the rest, and says so', async () => {
    const { world: there, source } = far('net/grants');
    const { world, night, app } = nights({}, [source]);
    const first = await night();
    expect(first.hidden).toEqual(['SOURCE_THREW holdfast:local/inventory/net/grants']);
    expect(showBaseline(app, null).inventory.kinds).toEqual(['listener', 'user']);
    world.facts = [ssh, web, ana];
    expect((await night()).told).toEqual([`new: A listener was added: ${web.name}`]);
    there.trouble = null;
    expect(await night()).toMatchObject({
      hidden: [],
      note: expect.stringContaining('new to it were taken in: grant'),
    });
  });
});

describe('drift over the nights', () => {
  it('is told as new with before and after, goes on, and is resolved by the first scan after it was accepted', async () => {
    const { world, night, accept } = nights();
    await night();
    world.facts = [web, fact('user', 'ana', { uid: 1000, groups: ['adm', 'sudo'] })];
    const { told, findings } = await night();
    expect(told).toEqual([
      `new: A listener was added: ${web.name}`,
      `new: A listener was removed: ${ssh.name}`,
      'new: A user was changed: ana',
    ]);
    expect(findings.map(({ severity, discriminator, check }) => [severity, discriminator, check])).toEqual([
      ['low', 'removed', 'inventory/drift'],
      ['high', 'added', 'inventory/drift'],
      ['medium', 'changed', 'inventory/drift'],
    ]);
    expect(findings.at(-1)?.evidence).toEqual([
      { label: 'groups before', value: ['adm'], source: 'baseline, host/fake' },
      { label: 'groups now', value: ['adm', 'sudo'], source: 'host/fake' },
    ]);
    expect((await night()).told.every((text) => text.startsWith('ongoing: '))).toBe(true);
    expect(accept()).toMatchObject({ left: 0, event: { counts: { added: 1, removed: 1, changed: 1, facts: 2 } } });
    expect((await night()).told.map((text) => text.split(':')[0])).toEqual(['resolved', 'resolved', 'resolved']);
    expect((await night()).told).toEqual([]);
  });

  it('that moves on before anybody accepted it is news again', async () => {
    const { world, night } = nights();
    await night();
    world.facts = [ssh, ana, fact('user', 'eve', { uid: 1001, groups: [] })];
    await night();
    world.facts = [ssh, ana, fact('user', 'eve', { uid: 0, groups: [] })];
    expect((await night()).told).toEqual(['changed: A user was added: eve']);
  });

  it('that goes away by itself is resolved at once', async () => {
    const { world, night } = nights();
    await night();
    world.facts = [ssh, ana, web];
    await night();
    world.facts = [ssh, ana];
    expect((await night()).told).toEqual([`resolved: A listener was added: ${web.name}`]);
  });

  it('is neither resolved nor repeated while its part can not be read', async () => {
    const { world, night } = nights();
    await night();
    world.facts = [ssh, ana, web];
    await night();
    world.facts = [ana];
    world.hidden = [hiddenFact('listener', '*')];
    const blind = await night();
    expect([blind.told, blind.hidden]).toEqual([
      [`ongoing: A listener was added: ${web.name}`],
      ['EACCES host:abc/listener/*'],
    ]);
    world.hidden = [];
    world.facts = [ssh, ana];
    expect((await night()).told).toEqual([`resolved: A listener was added: ${web.name}`]);
  });

  it('is kept when its source throws, and what other sources read is compared', async () => {
    const other = aWorld([fact('mount', '/', { options: ['ro'] })]);
    const { world, night } = nights({}, [aSource(other, ['mount'], { id: 'host/other' })]);
    await night();
    world.facts = [ssh, ana, web];
    await night();
    world.trouble = new Error('broken');
    other.facts = [fact('mount', '/', { options: [] })];
    const { told, hidden } = await night();
    expect(told).toEqual([`new: A mount was changed: /`, `ongoing: A listener was added: ${web.name}`]);
    expect(hidden).toEqual(['SOURCE_THREW host:abc/listener/*', 'SOURCE_THREW host:abc/user/*']);
  });

  it('of ten thousand at once is told as one finding, and resolves none of those before', async () => {
    const { world, night } = nights();
    await night();
    world.facts = [ssh, ana, web];
    await night();
    const many = Array.from({ length: 10_000 }, (_, port) => fact('listener', `[::]:${port}/tcp`, { program: null }));
    world.facts = [ssh, ana, web, ...many];
    const { told } = await night();
    expect(told).toEqual([
      'new: 10001 of the kind listener were added at once',
      `ongoing: A listener was added: ${web.name}`,
    ]);
    world.facts = [ssh, ana];
    expect((await night()).told.map((text) => text.split(':')[0])).toEqual(['resolved', 'resolved']);
  });

  it('is not compared any more when the runbook names no baseline', async () => {
    const { world, night } = nights();
    await night();
    world.facts = [ssh, ana, web];
    await night();
    const after = await night({ baseline: null });
    expect([after.check, after.findings.map(({ resolvedBecause }) => resolvedBecause)]).toEqual([
      undefined,
      ['not-asked'],
    ]);
  });

  it('of a kind that is read for the first time is none: it is taken in, and said', async () => {
    const other = aWorld([fact('mount', '/', {})]);
    const { night, app } = nights();
    await night();
    const more = {
      ...app,
      inventory: inventoryOf(aSource(aWorld([ssh, ana]), KINDS), aSource(other, ['mount'], { id: 'host/other' })),
    };
    const { told, note } = await night({}, more);
    expect([told, note]).toEqual([
      [],
      '3 facts compared with the baseline "production"; kinds that are new to it were taken in: mount.',
    ]);
    expect(baselineHistory(app, null).events.map(({ event }) => event)).toEqual(['taken', 'extended']);
    other.facts = [];
    expect((await night({}, more)).told).toEqual(['new: A mount was removed: /']);
  });
});

describe('a baseline that can not be compared with', () => {
  it('is refused when its bytes moved; nothing is resolved, and accepting all replaces it', async () => {
    const { world, night, app, accept } = nights();
    await night();
    world.facts = [ssh, ana, web];
    await night();
    app.database.sqlite.exec("UPDATE baselines SET bytes = replace(bytes, 'ana', 'anb')");
    const { told, check } = await night();
    expect(check).toMatchObject({
      outcome: 'unknown',
      failure: { code: 'BASELINE_CORRUPT', message: expect.stringContaining('baseline accept production') },
    });
    expect(told).toEqual([`ongoing: A listener was added: ${web.name}`]);
    expect(codeOf(() => showBaseline(app, null))).toBe('BASELINE_CORRUPT');
    expect(codeOf(() => accept(['listener']))).toBe('BASELINE_CORRUPT');
    expect(accept().event).toMatchObject({ before: null, counts: { facts: 3 } });
    expect((await night()).told).toEqual([`resolved: A listener was added: ${web.name}`]);
  });

  it('is refused when it is of another machine, instead of telling that everything was removed and added', async () => {
    const { world, night, app, accept } = nights();
    await night();
    world.facts = [ssh, ana].map(({ kind, name, value }) => fact(kind, name, value, 'host:other'));
    const { told, check } = await night();
    expect(told).toEqual([]);
    expect(check).toMatchObject({
      outcome: 'unknown',
      failure: {
        code: 'BASELINE_OF_ANOTHER',
        message: expect.stringMatching(
          /^the baseline "production" was taken of another machine \(host:abc; this is host:other\); .*baseline accept production/,
        ),
      },
    });
    expect(await codeOfAsync(() => diffBaseline(app, null, signal))).toBe('BASELINE_OF_ANOTHER');
    expect(codeOf(() => accept(['user']))).toBe('BASELINE_OF_ANOTHER');
    accept();
    expect((await night()).check).toMatchObject({ outcome: 'ok' });
  });

  it('is not there when nothing of this process can be kept: unknown, and nothing is taken', async () => {
    const { night, app } = nights();
    await night();
    const full = { ...app, unkept: new CodedError('STORE_FULL', 'no room') };
    expect((await night({}, full)).check).toMatchObject({ outcome: 'unknown', failure: { code: 'STORE_FULL' } });
  });
});

describe('a source that breaks its contract', () => {
  const outcome = async (edit: { facts?: readonly ReturnType<typeof fact>[]; hidden?: readonly HiddenFact[] }) => {
    const { world, night } = nights();
    await night();
    Object.assign(world, edit);
    return night();
  };

  it.each([
    ['two facts of one resource', { facts: [ssh, ssh] }],
    ['a kind that is not its own', { facts: [fact('secret', 'x')] }],
    ['an id of another provider', { facts: [fact('user', 'x', {}, 'aws:1')] }],
    ['an id of another kind', { facts: [{ ...ana, resource: 'host:abc/listener/ana' }] }],
    ['hiding what is not its own', { hidden: [hiddenFact('secret', '*')] }],
  ])('hides its kinds and tells no drift: %s', async (_what, edit) => {
    const { told, hidden } = await outcome(edit);
    expect(told).toEqual([]);
    expect(hidden).toEqual(['SOURCE_BROKEN host:abc/listener/*', 'SOURCE_BROKEN host:abc/user/*']);
  });

  it('is left behind when it ignores its time', async () => {
    const { world, night, app } = nights();
    await night();
    const silent = aSource(world, KINDS, { read: () => new Promise(() => undefined), timeoutMs: 20 });
    expect((await night({}, { ...app, inventory: inventoryOf(silent) })).hidden).toEqual([
      'TIMEOUT host:abc/listener/*',
      'TIMEOUT host:abc/user/*',
    ]);
  });
});

describe('what a source says', () => {
  it('is shown with what can not be seen made visible, and kept without its secrets', async () => {
    const { world, night, app } = nights();
    await night();
    const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
    world.facts = [ssh, ana, fact('user', 'two\nlines', { note: token })];
    const { told, findings } = await night();
    expect(told).toEqual(['new: A user was added: two\\u{a}lines']);
    expect(JSON.stringify(findings)).not.toContain(token);
    const rows = app.database.sqlite.prepare('SELECT bytes FROM baseline_scans').all();
    expect(JSON.stringify(rows)).not.toContain(token);
    world.facts = [ssh, ana, fact('user', 'two\nlines', { note: token.replace('0123', '3210') })];
    expect((await night()).told).toEqual([expect.stringMatching(/^changed: /)]);
  });
});

describe('accepting', () => {
  it('takes what was shown, not what came since', async () => {
    const { world, night, accept } = nights();
    await night();
    world.facts = [ssh, ana, web];
    await night();
    world.facts = [ssh, ana, web, fact('user', 'eve', { uid: 0 })];
    expect(accept().event?.items).toEqual([
      { direction: 'added', kind: 'listener', resource: web.resource, name: web.name },
    ]);
    expect((await night()).told).toEqual([`new: A user was added: eve`, `resolved: A listener was added: ${web.name}`]);
  });

  it('takes what diff has shown, and only what a pattern fits: a kind, a name, or a resource', async () => {
    const { world, night, app, accept } = nights();
    await night();
    world.facts = [ssh, web, fact('user', 'eve', { uid: 0 })];
    const diff = await diffBaseline(app, 'production', signal);
    expect(diff.drift.drifted.map(({ direction, name }) => `${direction} ${name}`)).toEqual([
      `added ${web.name}`,
      'removed ana',
      'added eve',
    ]);
    expect(accept(['host:abc/listener/*']).left).toBe(2);
    expect(accept(['eve']).left).toBe(1);
    expect(codeOf(() => accept(['listener']))).toBe('BASELINE_INVALID');
    expect(accept(['user']).left).toBe(0);
    expect(accept().event).toBeNull();
    expect((await night()).told).toEqual([]);
  });

  it('while a scan goes on is not undone by that scan, and what it told is resolved by the next', async () => {
    const { world, night, app, accept } = nights();
    await night();
    world.facts = [ssh, ana, web];
    await night();
    let accepted: unknown = null;
    const meddling = aSource(world, KINDS, {
      read: async () => {
        accepted = accept().event?.after;
        return world;
      },
    });
    await night({}, { ...app, inventory: inventoryOf(meddling) });
    expect(showBaseline(app, null).digest).toBe(accepted);
    expect((await night()).told).toEqual([]);
  });

  it('is written down: in the history, and in the audit by whom and why', async () => {
    const { world, night, app, accept } = nights();
    await night();
    world.facts = [ssh, ana, web];
    await night();
    const { event } = accept();
    const [entry, taken] = app.audit.list({ limit: 10, object: 'production', verb: 'baseline-accepted' });
    expect(entry).toMatchObject({
      actor: { kind: 'operator', name: 'ana' },
      outcome: 'accepted',
      detail: {
        reason: 'meant so',
        added: 1,
        after: event?.after,
        before: event?.before,
        items: [`added ${web.resource}`],
      },
    });
    expect(taken).toMatchObject({ actor: { kind: 'holdfast', name: 'scan' }, outcome: 'taken' });
    expect(baselineHistory(app, null).events.at(-1)).toEqual(event);
  });

  it('needs a reason, and a baseline that there is', async () => {
    const { app, night } = nights();
    expect(codeOf(() => acceptBaseline(app, null, { only: [], reason: 'x' }))).toBe('NOT_FOUND');
    await night();
    expect(codeOf(() => acceptBaseline(app, null, { only: [], reason: '  ' }))).toBe('BASELINE_INVALID');
    expect(codeOf(() => acceptBaseline(app, 'produktion', { only: [], reason: 'x' }))).toBe('NOT_FOUND');
    await night({ name: 'other', baseline: { name: 'other', of: EVERYTHING } });
    expect(codeOf(() => acceptBaseline(app, null, { only: [], reason: 'x' }))).toBe('AMBIGUOUS');
  });
});
