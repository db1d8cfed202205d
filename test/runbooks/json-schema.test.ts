import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { runbookJsonSchema } from '../../src/runbooks/json-schema.ts';
import { runbookTemplate } from '../../src/runbooks/template.ts';
import { catalogForTests } from '../support/catalog.ts';

const validate = new Ajv({ strict: false, validateFormats: false }).compile(await runbookJsonSchema(catalogForTests()));

test.each([
  'checks: [host/disk, "host/*", { net/http: { url: "https://a.test/" } }]\nevery: 30m\nactiveHours: { from: "07:00", to: "23:00", days: [mon] }\nnotify: [desktop, { file: x }]',
  'cron: "0 2 * * *"\ntimezone: UTC\ntimeout: 5m\noverlap: skip\nagent: { when: new, budget: { calls: 3 } }',
  runbookTemplate('a', 'yaml', null),
])('an editor accepts what the loader accepts', (text) => {
  expect(validate(parse(text))).toBe(true);
});

test.each([
  'chekcs: []',
  'checks: [host/dsk]',
  'checks: [net/http]',
  'checks: [{ net/http: {} }]',
  'checks: [{ host/disk: { wranAt: 3 } }]',
  'every: 30m\ncron: "0 2 * * *"',
  'overlap: queue',
  'activeHours: { from: "07:00" }',
  'notify: [desktp]',
])('an editor marks %s', (text) => {
  expect(validate(parse(text))).toBe(false);
});
