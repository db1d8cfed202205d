import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDeadMan, tickDeadMan } from '../../src/notify/dead-man.ts';
import { httpServer } from '../support/http/servers.ts';
import { aWorld, never } from '../support/notify/deps.ts';
import { aConfig } from '../support/notify/findings.ts';
import { tempFolder } from '../support/temp.ts';

function aSwitch(deadMan: object, env: Record<string, string> = {}) {
  const time = { now: Date.UTC(2026, 10, 20), monotonic: 0 };
  const clock = { now: () => time.now, monotonic: () => time.monotonic };
  return { time, deadMan: openDeadMan(aConfig({ deadMan }).deadMan, aWorld({ env, clock })) };
}

async function pings(status: () => number) {
  const heard: string[] = [];
  const server = await httpServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.writeHead(status()).end();
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { heard, base: `http://127.0.0.1:${server.port}` };
}

describe("the dead man's switch", () => {
  it('is off unless it is configured', async () => {
    expect(openDeadMan(undefined, aWorld())).toBeNull();
    expect(await tickDeadMan(null, true, never)).toBe('not-due');
  });

  it('touches its file, by the clock it is given, at most as often as it was asked to', async () => {
    const path = join(tempFolder(), 'deep/alive');
    const { deadMan, time } = aSwitch({ touch: path, every: '5m' });
    expect(await tickDeadMan(deadMan, true, never)).toBe('given');
    expect(statSync(path).mtimeMs).toBe(time.now);
    time.now += 299_999;
    time.monotonic += 299_999;
    expect(await tickDeadMan(deadMan, true, never)).toBe('not-due');
    time.monotonic += 1;
    expect(await tickDeadMan(deadMan, true, never)).toBe('given');
    expect(statSync(path).mtimeMs).toBe(time.now);
  });

  it('gives no sign of life while the loop is not well', async () => {
    const path = join(tempFolder(), 'alive');
    const { deadMan } = aSwitch({ touch: path });
    expect(await tickDeadMan(deadMan, false, never)).toBe('not-due');
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('asks its URL, whose secret is in the environment', async () => {
    const { heard, base } = await pings(() => 200);
    const { deadMan } = aSwitch({ urlEnv: 'PING_URL', method: 'POST' }, { PING_URL: `${base}/a1b2c3-secret` });
    expect(await tickDeadMan(deadMan, true, never)).toBe('given');
    expect(heard).toEqual(['POST /a1b2c3-secret']);
  });

  it('is trouble after three failures in a row, without the secret, and well again after one success', async () => {
    let status = 500;
    const { base } = await pings(() => status);
    const { deadMan, time } = aSwitch({ urlEnv: 'PING_URL' }, { PING_URL: `${base}/a1b2c3-secret` });
    const results: unknown[] = [];
    for (const next of [500, 500, 500, 200, 500]) {
      status = next;
      time.monotonic += 300_000;
      results.push(await tickDeadMan(deadMan, true, never));
    }
    expect(results).toEqual([
      'missed',
      'missed',
      expect.objectContaining({
        code: 'DEAD_MAN_FAILS',
        text: expect.stringMatching(/^the sign of life outwards fails: 127\.0\.0\.1:\d+ answered 500$/),
      }),
      'given',
      'missed',
    ]);
  });

  it('never rejects: a missing variable, a link in the place of the file, a folder', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'precious'), '');
    symlinkSync(join(folder, 'precious'), join(folder, 'link'));
    mkdirSync(join(folder, 'folder'));
    for (const config of [{ urlEnv: 'NONE' }, { touch: join(folder, 'link') }, { touch: join(folder, 'folder') }])
      expect(await tickDeadMan(aSwitch(config).deadMan, true, never)).toBe('missed');
    expect(statSync(join(folder, 'precious')).mtimeMs).not.toBe(Date.UTC(2026, 10, 20));
  });

  it('does not begin again while it still asks', async () => {
    let answer: () => void = () => undefined;
    const server = await httpServer((_request, response) => {
      answer = () => response.end();
    });
    onTestFinished(() => server[Symbol.asyncDispose]());
    const { deadMan, time } = aSwitch({ url: `http://127.0.0.1:${server.port}/` });
    const first = tickDeadMan(deadMan, true, never);
    time.monotonic += 900_000;
    expect(await tickDeadMan(deadMan, true, never)).toBe('not-due');
    while ((await Promise.race([first, new Promise((resolve) => setTimeout(resolve, 10))])) === undefined) answer();
    expect(await first).toBe('given');
  });
});
