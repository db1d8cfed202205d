import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { CodedError } from '../src/domain/coded-error.ts';
import { tempFolder } from './support/temp.ts';

function load(yaml: string) {
  const path = join(tempFolder(), 'config.yaml');
  writeFileSync(path, yaml);
  return loadConfig(path);
}

function troubleOf(yaml: string): string {
  try {
    load(yaml);
  } catch (error) {
    if (error instanceof CodedError)
      return `${error.where?.replace(/^.*config\.yaml/, '') ?? ''} ${error.message}; ${error.next ?? ''}`;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('the configuration of notifications', () => {
  it('needs nothing', () => {
    expect(load('').notify).toEqual({
      default: ['desktop'],
      minSeverity: 'medium',
      repeat: { critical: 4 * 3_600_000, high: 24 * 3_600_000, medium: null, low: null, info: null },
      caps: { perHour: 10, perDay: 40, criticalPerHour: 30, criticalPerDay: 120 },
      ways: {},
      fallback: ['terminal'],
    });
  });

  it('takes all that the documentation shows', () => {
    const { notify } = load(`
notify:
  default: [desktop, ops-log]
  minSeverity: high
  quietHours: { from: "22:00", to: "07:00", days: [mon, tue], timezone: Europe/Berlin, exceptAt: high }
  repeat: { critical: 1h, high: never }
  caps: { perHour: 5 }
  ways:
    ops-log: { file: { path: ~/holdfast/alerts.log } }
    pager: { webhook: { urlEnv: PAGER_URL, header: Authorization, headerEnv: PAGER_AUTH } }
    phone: { ntfy: { server: "https://ntfy.example.com", topicEnv: NTFY_TOPIC, tokenEnv: NTFY_TOKEN } }
    mail: { email: { host: smtp.example.com, from: a@example.com, to: [b@example.com], userEnv: U, passwordEnv: P } }
    loud: { terminal: { osc9: true } }
  fallback: [ops-log, terminal]
  deadMan: { every: 10m, touch: /run/holdfast/alive, urlEnv: PING_URL, method: POST }
`);
    expect(notify).toMatchObject({
      quietHours: { exceptAt: 'high' },
      repeat: { critical: 3_600_000, high: null, medium: null },
      ways: { 'ops-log': { file: { maxBytes: 5_000_000 } }, mail: { email: { tls: 'starttls' } } },
      deadMan: { every: 600_000 },
    });
  });

  it.each<[yaml: string, trouble: RegExp]>([
    ['notify: { defalt: [desktop] }', /:1:\d+ there is no key "defalt"; did you mean "default"\?/],
    [
      'notify: { ways: { x: { file: { path: /x, maxBites: 3 } } } }',
      /there is no key "maxBites"; did you mean "maxBytes"\?/,
    ],
    ['notify: { ways: { x: { pigeon: {} } } }', /is one of file, webhook, ntfy, email and terminal/],
    ['notify: { ways: { desktop: { file: { path: /x } } } }', /Invalid key in record|is a way that is there already/],
    ['notify: { default: [pager] }', /:1:21 notify\.default\.0: there is no way "pager"/],
    ['notify: { fallback: [pager] }', /there is no way "pager"/],
    ['notify: { repeat: { critical: often } }', /notify\.repeat\.critical/],
    ['notify: { quietHours: { from: "7:00", to: "22:00" } }', /notify\.quietHours\.from/],
    ['notify: { quietHours: { from: "07:00", to: "07:00" } }', /have no length/],
    ['notify: { quietHours: { from: "22:00", to: "07:00", timezone: Berlin } }', /not an IANA time zone/],
    ['notify: { caps: { perHour: 50 } }', /allow less of what is critical/],
    ['notify: { deadMan: {} }', /need touch, url or urlEnv/],
    ['notify: { deadMan: { url: "https://a:b@x/" } }', /holds a credential/],
    ['notify: { ways: { x: { webhook: { url: "https://user:secret@x/" } } } }', /webhook\.url: holds a credential/],
    ['notify: { ways: { x: { webhook: {} } } }', /takes url or urlEnv/],
    [
      'notify: { ways: { x: { webhook: { url: "https://x/", header: X-Key } } } }',
      /takes header and headerEnv together/,
    ],
    ['notify: { ways: { x: { webhook: { url: "file:///etc/passwd" } } } }', /is not an http or https URL/],
    ['notify: { ways: { x: { file: { path: relative } } } }', /is not absolute/],
    ['notify: { ways: { x: { email: { host: h, from: a@b, to: ["c@d\\nBcc: e@f"] } } } }', /is not an e-mail address/],
    [
      'notify: { ways: { x: { email: { host: h, tls: none, from: a@b, to: [c@d], userEnv: U, passwordEnv: P } } } }',
      /would send the password unencrypted/,
    ],
    [
      'notify: { ways: { x: { email: { host: 127.evil.example, tls: none, from: a@b, to: [c@d], userEnv: U, passwordEnv: P } } } }',
      /would send/,
    ],
    ['notify: { ways: { x: { ntfy: { server: "https://x/", topic: "a/b" } } } }', /is not a topic/],
    [
      'notify: { ways: { x: { ntfy: { server: "https://x/", topic: t, tokenEnv: "tk_secret value" } } } }',
      /is not the name of an environment variable/,
    ],
  ])('refuses %s', (yaml, trouble) => {
    expect(troubleOf(yaml)).toMatch(trouble);
  });

  it('shows no secret that was written where a variable belongs', () => {
    const yaml =
      'notify: { ways: { x: { ntfy: { server: "https://x/", topic: t, tokenEnv: "tk-Zx8vQ2mNpL4kR7wY1cDe" } } } }';
    expect(troubleOf(yaml)).not.toContain('Zx8vQ2');
  });
});
