import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openNotifiers } from '../../src/notify/catalog.ts';
import { aWorld, never } from '../support/notify/deps.ts';
import { aConfig, aNotification } from '../support/notify/findings.ts';
import { codeOfAsync } from '../support/errors.ts';
import { tempFolder } from '../support/temp.ts';

const ways = {
  pager: { webhook: { url: 'https://pager.example/hook' } },
  mail: { email: { host: 'localhost', tls: 'none', from: 'a@example.com', to: ['b@example.com'] } },
};

function open(config: object = {}) {
  return openNotifiers(aConfig(config), aWorld());
}

describe('the ways of a runbook', () => {
  it('are the default when it names none, and else its own, each once', () => {
    const notifiers = open({ default: ['desktop', 'pager'], ways });
    expect(notifiers.waysOf([])).toEqual(['desktop', 'pager']);
    expect(notifiers.waysOf(['terminal', 'mail', 'terminal'])).toEqual(['terminal', 'mail']);
  });

  it('may be a file at an address of its own', async () => {
    const path = join(tempFolder(), 'alerts.log');
    const notifiers = open();
    const [way = ''] = notifiers.waysOf([{ file: path }]);
    expect(way).toMatch(/^file:alerts\.log#[0-9a-f]{12}$/);
    await (await notifiers.of(way)).send(aNotification(), never);
    expect(readFileSync(path, 'utf8')).toContain('heartbeat: 1 new');
  });

  it('have names in which no secret of an address stands', () => {
    const [way = ''] = open().waysOf([{ webhook: 'https://hooks.example/services/T0/Zx8vQ2mNpL4kR7wY1cDe' }]);
    expect(way).toMatch(/^webhook:hooks\.example#[0-9a-f]{12}$/);
  });

  it('take the server of an e-mail address from the configuration', async () => {
    const notifiers = open({ ways });
    const [way = ''] = notifiers.waysOf([{ email: 'night@example.com' }]);
    expect((await notifiers.of(way)).name).toBe('email localhost');
    const without = open();
    const [lost = ''] = without.waysOf([{ email: 'night@example.com' }]);
    expect(await codeOfAsync(() => without.of(lost))).toBe('NOTIFY_WAY_UNKNOWN');
  });

  it('take server and topic of ntfy from its URL', async () => {
    const notifiers = open();
    const [way = '', bare = ''] = notifiers.waysOf([{ ntfy: 'https://ntfy.example/base/alerts' }, { ntfy: 'alerts' }]);
    expect((await notifiers.of(way)).name).toBe('ntfy ntfy.example');
    expect(await codeOfAsync(() => notifiers.of(bare))).toBe('NOTIFY_WAY_UNKNOWN');
  });

  it('with an address that can not be used are found out when they are used', async () => {
    const notifiers = open();
    for (const target of [
      { file: 'relative.log' },
      { webhook: 'ftp://x' },
      { webhook: 'https://user:pass@x/' },
      { pigeon: 'x' },
      {},
    ]) {
      const [way = ''] = notifiers.waysOf([target]);
      expect(await codeOfAsync(() => notifiers.of(way)), way).toBe('NOTIFY_WAY_UNKNOWN');
    }
  });
});

describe('the catalogue of ways', () => {
  it('makes a notifier once', async () => {
    const notifiers = open({ ways });
    expect(await notifiers.of('pager')).toBe(await notifiers.of('pager'));
  });

  it('knows no way that is not there', async () => {
    expect(await codeOfAsync(() => open().of('pager'))).toBe('NOTIFY_WAY_UNKNOWN');
  });

  it('tries anew to make what lacked something', async () => {
    const env: Record<string, string> = {};
    const config = { ways: { pager: { webhook: { urlEnv: 'PAGER_URL' } } } };
    const notifiers = openNotifiers(aConfig(config), aWorld({ env }));
    await expect(notifiers.of('pager')).rejects.toThrow('PAGER_URL is not set');
    env['PAGER_URL'] = 'https://pager.example/';
    expect((await notifiers.of('pager')).name).toBe('webhook pager.example');
  });

  it('lists every way that the configuration uses but the inbox', () => {
    expect(open({ default: ['desktop', 'inbox'], ways, fallback: ['terminal'] }).all).toEqual([
      'desktop',
      'pager',
      'mail',
      'terminal',
    ]);
  });
});
