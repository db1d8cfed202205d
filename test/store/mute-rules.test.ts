import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { findingsTable } from '../../src/store/findings.ts';
import { muteRulesTable } from '../../src/store/mute-rules.ts';
import { aMuteRule } from '../support/mute-rule.ts';
import { aFinding } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';
import { tempFolder } from '../support/temp.ts';

function open() {
  const path = join(tempFolder(), 'holdfast.db');
  const database = openDatabase(path);
  return { path, database, rules: muteRulesTable(database) };
}

describe('the mute rules on disk', () => {
  it('come back as they were, oldest first, to another process too', () => {
    const { path, database, rules } = open();
    const second = aMuteRule({ id: 'm-000000000002', at: 2, resource: redactor.text('it\'s "odd"\n/*') });
    const first = aMuteRule({ id: 'm-000000000009', at: 1, environment: 'prod', check: null });
    rules.insert(second);
    rules.insert(first);
    expect(rules.all()).toEqual([first, second]);
    database.close();
    const again = openDatabase(path);
    expect(muteRulesTable(again).all()).toEqual([first, second]);
    again.close();
  });

  it('are found by the start of their ids, and removed one by one', () => {
    const { rules } = open();
    for (const id of ['m-AA0000000001', 'm-AB0000000001'] as const) rules.insert(aMuteRule({ id }));
    expect(rules.byId('m-A')).toHaveLength(2);
    expect(rules.byId('m-AB').map(({ id }) => id)).toEqual(['m-AB0000000001']);
    rules.remove('m-AA0000000001');
    expect(rules.all().map(({ id }) => id)).toEqual(['m-AB0000000001']);
  });

  it('remember when they matched last', () => {
    const { rules } = open();
    const rule = aMuteRule({});
    rules.insert(rule);
    rules.matched(rule.id, 7_000);
    expect(rules.all()).toEqual([{ ...rule, matchedAt: 7_000 }]);
  });
});

describe('a finding on disk', () => {
  it('holds nothing of the rule that muted it when it was written', () => {
    const { database } = open();
    const bare = aFinding('/data');
    const { id, reason, until, upTo } = aMuteRule({});
    findingsTable(database).write({ ...bare, mutedBy: { rule: id, reason, until, upTo } });
    expect(findingsTable(database).all({ resolved: true })).toEqual([bare]);
  });
});
