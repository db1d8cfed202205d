import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aHome } from '../support/cli.ts';
import { httpServer } from '../support/http/servers.ts';

function configured(yaml: string, extra: Readonly<Record<string, string>> = {}) {
  const home = aHome(extra);
  mkdirSync(join(home.folder, 'config/holdfast'), { recursive: true });
  writeFileSync(join(home.folder, 'config/holdfast/config.yaml'), yaml);
  return home;
}

describe('holdfast notify test', () => {
  it('tries every way, and says of each how it went', async () => {
    await using server = await httpServer((_request, response) => response.writeHead(500).end());
    const home = configured(
      `notify:\n  default: [log, pager]\n  ways:\n    log: { file: { path: ~/alerts.log } }\n    pager: { webhook: { urlEnv: PAGER_URL } }\n`,
      { PAGER_URL: `http://127.0.0.1:${server.port}/Zx8vQ2mNpL4kR7wY1cDe` },
    );
    const { code, stdout, stderr } = await home.holdfast('notify', 'test');
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /^delivered {2}log {7}in \d+ ms\nfailed {5}pager {5}127\.0\.0\.1:\d+ answered 500\ndelivered {2}terminal/,
    );
    expect(stderr).toContain('holdfast: a test\n');
    expect(stdout + stderr).not.toContain('Zx8vQ2mNpL4kR7wY1cDe');
    expect(JSON.parse(readFileSync(join(home.folder, 'alerts.log'), 'utf8'))).toMatchObject({ kind: 'test' });
  });

  it('tries one way by its name', async () => {
    const home = configured('notify: { ways: { log: { file: { path: ~/alerts.log } } } }');
    expect(await home.holdfast('notify', 'test', 'log')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^delivered {2}log/),
    });
    expect(await home.holdfast('notify', 'test', 'lag')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/NOTIFY_WAY_UNKNOWN[\s\S]*there is no way "lag"[\s\S]*did you mean log\?/),
    });
  });

  it('says what a desktop lacks', async () => {
    const home = configured('', { PATH: '/nonexistent' });
    expect((await home.holdfast('notify', 'test', 'desktop')).stdout).toContain('notify-send is not installed');
  });
});
