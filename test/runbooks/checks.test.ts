import { expect, test } from 'vitest';
import { load, mistakesOf } from '../support/runbook-source.ts';

const idsOf = async (checks: string) =>
  ((await load(`checks:\n${checks}`)).runbook?.checks ?? []).map((check) => check.id);
const saidOf = (checks: string) => mistakesOf(`checks:\n${checks}`);

const disks = async (text: string) =>
  (await load(`checks:\n${text}`)).runbook?.checks.filter((check) => check.id === 'host/disk');

test('an id alone gets the defaults of its schema', async () => {
  expect((await load('checks:\n  - host/disk\n')).runbook?.checks).toEqual([
    { id: 'host/disk', params: { warnAt: 85 } },
  ]);
});

test('a pattern brings the checks that need no parameters, each once', async () => {
  expect(await idsOf('  - host/*\n  - "*/load"\n')).toEqual(['host/disk', 'host/load', 'host/memory']);
});

test('a check that is named takes the place of the bare one of a pattern, before it and after it', async () => {
  const named = '  - host/disk: { warnAt: 90 }\n';
  expect(await disks(`  - host/*\n${named}`)).toEqual([{ id: 'host/disk', params: { warnAt: 90 } }]);
  expect(await disks(`${named}  - host/*\n`)).toEqual([{ id: 'host/disk', params: { warnAt: 90 } }]);
});

test('a pattern gives its parameters to each of its checks, and says which one does not take them', async () => {
  expect(await disks('  - "*/disk": { warnAt: 90 }\n')).toEqual([{ id: 'host/disk', params: { warnAt: 90 } }]);
  expect(await saidOf('  - host/*: { warnAt: 90 }\n')).toEqual([
    'RUNBOOK_KEY_UNKNOWN 2:15 host/load: "warnAt" is not a key here',
    'RUNBOOK_KEY_UNKNOWN 2:15 host/memory: "warnAt" is not a key here',
  ]);
});

test('a check that is named takes the place of that of a pattern only with the same parameters beside its own', async () => {
  const pattern = '  - "*/disk": { warnAt: 90 }\n';
  expect(await disks(`${pattern}  - host/disk: { warnAt: 70 }\n`)).toHaveLength(2);
  expect(await disks(`${pattern}  - host/disk: { warnAt: 90 }\n`)).toHaveLength(1);
});

test('a scan for the night is taken in by a pattern that says more than its provider', async () => {
  expect(await idsOf('  - host/*\n')).not.toContain('host/night-scan');
  expect(await idsOf('  - "*"\n  - "*/*"\n')).not.toContain('host/night-scan');
  expect(await idsOf('  - host/night-*\n')).toEqual(['host/night-scan']);
  expect(await idsOf('  - host/night-scan\n')).toEqual(['host/night-scan']);
});

test('the same check with other parameters is two checks', async () => {
  expect(
    (await load('checks:\n  - net/http: { url: "https://a.test/" }\n  - net/http: { url: "https://b.test/" }\n'))
      .runbook?.checks,
  ).toEqual([
    { id: 'net/http', params: { url: 'https://a.test/', status: 200 } },
    { id: 'net/http', params: { url: 'https://b.test/', status: 200 } },
  ]);
});

test('the same check twice runs once and is remarked on, however it is written', async () => {
  expect(await saidOf('  - host/disk\n  - host/disk: { warnAt: 85 }\n  - host/disk:\n')).toEqual([
    '? RUNBOOK_CHECK_REPEATED 3:5 host/disk is asked for twice with the same parameters; it runs once',
    '? RUNBOOK_CHECK_REPEATED 4:5 host/disk is asked for twice with the same parameters; it runs once',
  ]);
  expect(await idsOf('  - host/disk\n  - host/disk\n')).toEqual(['host/disk']);
});

test('an earlier name is accepted and told', async () => {
  expect(await saidOf('  - host/old-disk: { warnAt: 90 }\n')).toEqual([
    '? RUNBOOK_CHECK_RENAMED 2:5 "host/old-disk" is now called host/disk; write that',
  ]);
  expect(await idsOf('  - host/old-disk\n')).toEqual(['host/disk']);
});

test.each([
  ['host/dsk', 'RUNBOOK_CHECK_UNKNOWN 2:5 there is no check "host/dsk"; did you mean host/disk?'],
  ['disk', 'RUNBOOK_CHECK_UNKNOWN 2:5 there is no check "disk"; did you mean host/disk?'],
  ['moon/phase', 'RUNBOOK_CHECK_UNKNOWN 2:5 there is no check "moon/phase"'],
  ['toString', 'RUNBOOK_CHECK_UNKNOWN 2:5 there is no check "toString"'],
  ['net/http', 'RUNBOOK_PARAMS_INVALID 2:5 net/http needs parameters; write "- net/http: { url: … }"'],
  ['moon/*', 'RUNBOOK_CHECK_UNKNOWN 2:5 no check matches "moon/*"; there are patterns such as host/*, net/*'],
  ['"*"', 'RUNBOOK_CHECK_UNKNOWN 2:5 no check matches "*"; there are patterns such as host/*, net/*'],
  [
    'net/*',
    'RUNBOOK_CHECK_UNKNOWN 2:5 "net/*" matches only checks that need parameters (net/http, net/tls); name them, for instance "- net/http: { url: … }"',
  ],
  ['host/*: 3', 'RUNBOOK_PARAMS_INVALID 2:13 "host/*" takes a map of parameters, not "3"'],
  ['net/http: { url: nowhere }', 'RUNBOOK_PARAMS_INVALID 2:22 net/http: "url: nowhere" is not accepted: Invalid URL'],
  ['net/http: {}', 'RUNBOOK_PARAMS_INVALID 2:5 net/http: "url" is missing'],
  [
    'net/http: { url: "https://a.test/", statsu: 1 }',
    'RUNBOOK_KEY_UNKNOWN 2:41 net/http: "statsu" is not a key here; did you mean "status"?',
  ],
  [
    'net/http: { url: "https://a.test/", header: {} }',
    'RUNBOOK_PARAMS_INVALID 2:41 net/http: "header.name" is missing',
  ],
  ['host/disk: 90', 'RUNBOOK_PARAMS_INVALID 2:16 "host/disk" takes a map of parameters, not "90"'],
  ['host/disk: [90]', 'RUNBOOK_PARAMS_INVALID 2:16 "host/disk" takes a map of parameters, not "a list"'],
  ['90', 'RUNBOOK_CHECK_INVALID 2:5 "90" is not a check; write an id such as host/disk, or an id with parameters'],
  [
    '[host/disk]',
    'RUNBOOK_CHECK_INVALID 2:5 "a list" is not a check; write an id such as host/disk, or an id with parameters',
  ],
  ['{}', 'RUNBOOK_CHECK_INVALID 2:5 "a map" is not a check; write an id such as host/disk, or an id with parameters'],
])('- %s', async (entry, expected) => {
  expect(await saidOf(`  - ${entry}\n`)).toEqual([expected]);
});

test('parameters beside the id instead of under it are recognised', async () => {
  expect(await saidOf('  - net/http:\n    url: "https://a.test/"\n')).toEqual([
    'RUNBOOK_CHECK_INVALID 3:5 "url" stands beside "net/http"; indent parameters under the id, and begin each check with "- "',
  ]);
});

test('checks that are no list are refused', async () => {
  expect(await mistakesOf('checks:\n  host/disk: { warnAt: 90 }\n')).toEqual([
    'RUNBOOK_CHECK_INVALID 1:1 "checks" is a list; begin each entry with "- "',
  ]);
  expect(await mistakesOf('checks:\n')).toEqual([
    'RUNBOOK_CHECK_INVALID 1:1 "checks" is a list; begin each entry with "- "',
  ]);
});

test('a pattern that would hang or break an expression matches nothing', async () => {
  for (const pattern of ['*o'.repeat(300_000), '*'.repeat(300_000), `${'('.repeat(40)}*`, '[*', 'host/(a+)+*$']) {
    expect(await saidOf(`  - "${pattern}"\n`)).toEqual([
      expect.stringMatching(/^RUNBOOK_CHECK_UNKNOWN 2:5 no check matches/),
    ]);
  }
});
