import { describe, expect, it } from 'vitest';
import { listFindings, muteFinding, unmuteFinding } from '../../src/app/findings.ts';
import {
  addMuteRule,
  idleWords,
  listMuteRules,
  muteRulesInShort,
  removeMuteRule,
  type MuteRuleDraft,
} from '../../src/app/mute-rules.ts';
import { listRuns, showRun } from '../../src/app/runs.ts';
import { dispositionOf, type Finding } from '../../src/domain/finding.ts';
import { verdict } from '../../src/cli/verdict.ts';
import { auditLog } from '../../src/store/audit.ts';
import { codeOf } from '../support/errors.ts';
import { aMutingWorld } from '../support/muting-world.ts';

const DAY = 86_400_000;
const drafted = (edit: Partial<MuteRuleDraft> = {}): MuteRuleDraft => ({
  check: 'host/*',
  upTo: 'high',
  reason: 'moving house',
  for: '30d',
  ...edit,
});

type World = ReturnType<typeof aMutingWorld>;
const dispositions = (world: World, findings: readonly Finding[]): readonly string[] =>
  findings.map((finding) => `${finding.title} ${dispositionOf(finding, world.time.now)}`);
const listed = (world: World): readonly string[] => dispositions(world, listFindings(world.app, { resolved: true }));

describe('a mute rule', () => {
  it('holds for findings that are there and for those to come, in the list, in the report and in what is told', async () => {
    const world = aMutingWorld();
    await world.beat({ '/data': 'high' });
    addMuteRule(world.app, drafted());
    expect(listed(world)).toEqual(['/data muted']);
    const report = await world.beat({ '/data': 'high', '/var': 'medium' });
    expect(dispositions(world, report.findings)).toEqual(['/data muted', '/var muted']);
    expect(world.told()).toEqual(['new /data']);
  });

  it('no longer holds once it was removed: the next look tells what it muted', async () => {
    const world = aMutingWorld();
    const { added } = addMuteRule(world.app, drafted());
    await world.beat({ '/data': 'high' });
    expect([listed(world), world.told()]).toEqual([['/data muted'], []]);
    removeMuteRule(world.app, added.rule.id);
    expect(listed(world)).toEqual(['/data none']);
    await world.beat({ '/data': 'high' });
    expect(world.told()).toEqual(['new /data']);
  });

  it('no longer holds once it has expired, by itself', async () => {
    const world = aMutingWorld();
    addMuteRule(world.app, drafted({ for: '1h' }));
    await world.beat({ '/data': 'high' });
    expect(world.told()).toEqual([]);
    await world.beat({ '/data': 'high' });
    expect([listed(world), world.told()]).toEqual([['/data none'], ['new /data']]);
  });

  it('is not said of a finding that got worse than it goes, which is told', async () => {
    const world = aMutingWorld();
    addMuteRule(world.app, drafted());
    await world.beat({ '/data': 'high' });
    await world.beat({ '/data': 'critical' });
    expect([listed(world), world.told()]).toEqual([['/data none'], ['new /data']]);
    addMuteRule(world.app, drafted({ upTo: 'critical' }));
    expect(listed(world)).toEqual(['/data muted']);
  });

  it('hides no unknown: the run still says what it could not look at, and so does its exit code', async () => {
    const world = aMutingWorld();
    addMuteRule(world.app, drafted({ upTo: 'critical' }));
    await world.beat({ '/data': 'high' });
    const { run, findings } = await world.beat({ '/data': 'hidden' });
    expect(run.checks).toMatchObject([{ outcome: 'unknown', hidden: [{ name: '/data' }] }]);
    expect(dispositions(world, findings)).toEqual(['/data muted']);
    const options = { failOn: 'info', failOnUnknown: true } as const;
    expect(verdict({ findings, runs: [run] }, options, world.time.now)).toBe(4);
  });

  it('muted, a finding does not count for --fail-on, and what is resolved under it goes unsaid', async () => {
    const world = aMutingWorld();
    addMuteRule(world.app, drafted());
    const { run, findings } = await world.beat({ '/data': 'high' });
    expect(verdict({ findings, runs: [run] }, { failOn: 'info', failOnUnknown: true }, world.time.now)).toBe(0);
    await world.beat({ '/data': 'fine' });
    await world.beat({ '/data': 'fine' });
    expect(listFindings(world.app, { resolved: false })).toEqual([]);
    expect(world.told()).toEqual([]);
  });

  it.each([
    ['silences what was held back when it was made, and a start of `up` does not tell it', true, []],
    ['not made, what was held back is told at a start of `up`', false, ['new /data']],
  ])('%s', async (_name, made, told) => {
    const world = aMutingWorld('notify:\n  quietHours: { from: "12:00", to: "13:00", timezone: UTC }\n');
    await world.beat({ '/data': 'high' });
    expect(world.told()).toEqual([]);
    if (made) addMuteRule(world.app, drafted());
    world.time.now += 3 * 3_600_000;
    await world.telling().begin();
    expect(world.told()).toEqual(told);
  });

  it('made after a finding was told and ended again tells it no second time', async () => {
    const world = aMutingWorld();
    await world.beat({ '/data': 'high' });
    const { added } = addMuteRule(world.app, drafted());
    await world.beat({ '/data': 'high' });
    removeMuteRule(world.app, added.rule.id);
    await world.beat({ '/data': 'high' });
    expect(world.told()).toEqual(['new /data']);
  });

  it('shows in runs that are looked at later, as it is now', async () => {
    const world = aMutingWorld();
    const { run } = await world.beat({ '/data': 'high' });
    addMuteRule(world.app, drafted());
    expect(dispositions(world, showRun(world.app, run.id).findings)).toEqual(['/data muted']);
    expect(dispositions(world, listRuns(world.app, { limit: 5, runbook: null }).findings)).toEqual(['/data muted']);
  });

  it('is about an environment by the target that its resources belong to', async () => {
    const world = aMutingWorld('environments:\n  prod: { targets: ["host:abc"] }\n  lab: { targets: ["host:xyz"] }\n');
    await world.beat({ '/data': 'high' });
    addMuteRule(world.app, drafted({ check: undefined, environment: 'lab' }));
    expect(listed(world)).toEqual(['/data none']);
    addMuteRule(world.app, drafted({ check: undefined, environment: 'prod' }));
    expect(listed(world)).toEqual(['/data muted']);
  });

  it('about a resource whose name holds a secret fits it as it is masked, and keeps no secret', async () => {
    const world = aMutingWorld();
    await world.beat({ '/?password=hunter2-lab-only': 'high' });
    const { added } = addMuteRule(
      world.app,
      drafted({ check: undefined, resource: 'host:abc/mount//?password=hunter2-lab-only' }),
    );
    expect(added).toMatchObject({ matches: 1, mutes: 1 });
    expect(added.rule.resource).not.toContain('hunter2-lab-only');
  });

  it('that names a check by an earlier id speaks of the check as it is called now', async () => {
    const world = aMutingWorld();
    addMuteRule(world.app, drafted({ check: 'host/old-disk' }));
    await world.beat({ '/data': 'high' });
    expect(listed(world)).toEqual(['/data muted']);
  });

  it("leaves a finding's own mute alone, and says which rule to end when there is none", async () => {
    const world = aMutingWorld();
    await world.beat({ '/data': 'high' });
    const [finding] = listFindings(world.app, { resolved: false });
    const { added } = addMuteRule(world.app, drafted());
    expect(() => unmuteFinding(world.app, finding?.id ?? '')).toThrow(`the rule ${added.rule.id} mutes it`);
    muteFinding(world.app, finding?.id ?? '', { reason: 'mine', for: '1d' });
    removeMuteRule(world.app, added.rule.id);
    expect(listed(world)).toEqual(['/data muted']);
    unmuteFinding(world.app, finding?.id ?? '');
    expect(listed(world)).toEqual(['/data none']);
  });
});

describe('the rules', () => {
  it('are listed with what they do now', async () => {
    const world = aMutingWorld();
    await world.beat({ '/data': 'high', '/var': 'critical' });
    addMuteRule(world.app, drafted());
    expect(listMuteRules(world.app)).toMatchObject([
      { state: 'active', matches: 2, mutes: 1, rule: { matchedAt: null } },
    ]);
    await world.beat({ '/data': 'high' });
    expect(listMuteRules(world.app)).toMatchObject([{ rule: { matchedAt: world.time.now } }]);
  });

  it('are reported when they matched nothing for 30 days, and not while they match', async () => {
    const world = aMutingWorld();
    addMuteRule(world.app, drafted({ for: '100d', reason: 'used' }));
    world.time.now += 1;
    addMuteRule(world.app, drafted({ for: '100d', reason: 'unused', resource: 'host:*/mount//gone' }));
    world.time.now += 20 * DAY;
    await world.beat({ '/data': 'high' });
    world.time.now += 15 * DAY;
    expect(listMuteRules(world.app).map(({ rule, state }) => [rule.reason, state])).toEqual([
      ['used', 'active'],
      ['unused', 'unused'],
    ]);
    const short = muteRulesInShort(world.app);
    expect([short.rules, idleWords(short)]).toEqual([2, '1 matched nothing for 30 days']);
  });

  it('count as used by what they match though it is too bad for them to mute, and not by what is resolved', async () => {
    const world = aMutingWorld();
    addMuteRule(world.app, drafted());
    await world.beat({ '/data': 'fine' });
    expect(listMuteRules(world.app)).toMatchObject([{ rule: { matchedAt: null } }]);
    await world.beat({ '/data': 'critical' });
    expect(listMuteRules(world.app)).toMatchObject([{ rule: { matchedAt: world.time.now }, matches: 1, mutes: 0 }]);
  });

  it('are written once in an hour at most for going on to match', async () => {
    const world = aMutingWorld();
    addMuteRule(world.app, drafted());
    await world.beat({ '/data': 'high' });
    const first = world.time.now;
    await world.beat({ '/data': 'high' });
    expect(listMuteRules(world.app)).toMatchObject([{ rule: { matchedAt: first } }]);
    await world.beat({ '/data': 'high' });
    expect(listMuteRules(world.app)).toMatchObject([{ rule: { matchedAt: first + 3_600_000 } }]);
  });

  it('stay when they have expired, and say so until they are removed', () => {
    const world = aMutingWorld();
    addMuteRule(world.app, drafted({ for: '1d' }));
    world.time.now += DAY;
    expect(listMuteRules(world.app)).toMatchObject([{ state: 'expired', mutes: 0 }]);
    expect(idleWords(muteRulesInShort(world.app))).toBe('1 expired');
    expect(idleWords({ expired: 0, unused: 0, noEnvironment: 0 })).toBeNull();
  });

  it('are in the audit log, when they come and when they go, without secrets', () => {
    const world = aMutingWorld();
    const { added } = addMuteRule(world.app, drafted({ reason: 'see password=hunter2-lab-only' }));
    removeMuteRule(world.app, added.rule.id.toLowerCase().slice(0, 8));
    const { surroundings, stateDir, database } = world.app;
    const files = { head: stateDir.auditHead, key: stateDir.auditKey };
    const log = auditLog(database, { ...surroundings, instance: stateDir.instance, files });
    expect(
      ['mute-rule-added', 'mute-rule-removed'].map((verb) => log.count(verb as 'mute-rule-added', added.rule.id)),
    ).toEqual([1, 1]);
    const rows = database.sqlite.prepare("SELECT body FROM audit WHERE verb LIKE 'mute-rule-%'").all();
    expect(JSON.stringify(rows)).toContain('check host/*');
    expect(JSON.stringify(rows)).not.toContain('hunter2-lab-only');
  });

  it.each<[name: string, draft: Partial<MuteRuleDraft>, code: string]>([
    ['says nothing', { check: undefined }, 'MUTE_RULE_INVALID'],
    ['fits everything', { check: '*/*', resource: '*' }, 'MUTE_RULE_INVALID'],
    ['has an empty pattern', { resource: ' ' }, 'MUTE_RULE_INVALID'],
    ['has an endless pattern', { resource: 'x'.repeat(501) }, 'MUTE_RULE_INVALID'],
    ['is about Holdfast itself', { check: 'holdfast/runbook-files' }, 'MUTE_RULE_INVALID'],
    ['names an environment that there is not', { environment: 'prod' }, 'MUTE_RULE_INVALID'],
    ['has no reason', { reason: ' ' }, 'MUTE_INVALID'],
    ['has no end', { for: undefined }, 'MUTE_INVALID'],
    ['has two ends', { until: '2026-12-31' }, 'MUTE_INVALID'],
    ['has an end that is over', { for: undefined, until: '2026-11-19' }, 'MUTE_INVALID'],
    ['ends in more than 366 days', { for: '367d' }, 'MUTE_INVALID'],
  ])('refuse one that %s, and keep nothing of it', (_name, edit, code) => {
    const world = aMutingWorld();
    expect(codeOf(() => addMuteRule(world.app, drafted(edit)))).toBe(code);
    expect(listMuteRules(world.app)).toEqual([]);
  });

  it('may hold for 366 days', () => {
    const world = aMutingWorld();
    addMuteRule(world.app, drafted({ for: '366d' }));
    expect(listMuteRules(world.app)).toHaveLength(1);
  });

  it('doubt a check that is in no catalogue', () => {
    const world = aMutingWorld();
    expect(addMuteRule(world.app, drafted({ check: 'host/dsik' })).doubt).toContain('did you mean "host/disk"?');
    expect(addMuteRule(world.app, drafted({ check: 'host/disk' })).doubt).toBeNull();
    expect(addMuteRule(world.app, drafted({ check: 'k8s/*' })).doubt).toBeNull();
    expect(addMuteRule(world.app, drafted({ check: 'inventory/drift' })).doubt).toBeNull();
  });

  it('that are not there can not be removed', () => {
    const world = aMutingWorld();
    expect(codeOf(() => removeMuteRule(world.app, 'm-NOPE'))).toBe('NOT_FOUND');
  });
});
