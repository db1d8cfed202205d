import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { gone, isAlive } from '../../support/mcp/pids.ts';
import { reading, stdioServer } from '../../support/mcp/reading.ts';
import { tempFolder } from '../../support/temp.ts';

const unknown = (code: string, message: string | RegExp) => ({
  status: 'unknown',
  failure: { code, message: expect.stringMatching(message) },
});

describe('a server that is a program', () => {
  it('is called, and what it says is told', async () => {
    const server = reading(stdioServer('well'));
    await server.trust();
    expect(await server.call({ region: 'eu' })).toEqual({
      status: 'seen',
      value: { isError: false, structured: null, text: '{"region":"eu"}' },
    });
  });

  it('is not even started when its tool is not allowed, not trusted, or was trusted of another program', async () => {
    const place = join(tempFolder(), 'started');
    const server = reading(stdioServer('counts', place, { tools: ['other'] }));
    expect(await server.call()).toMatchObject(unknown('MCP_NOT_ALLOWED', 'mcp.servers.bad.tools'));
    server.next({ server: { tools: ['look'] } });
    expect(await server.call()).toMatchObject(unknown('MCP_NOT_TRUSTED', 'holdfast mcp servers trust bad look'));
    expect(existsSync(place)).toBe(false);

    await server.trust();
    const { way } = stdioServer('counts', place);
    server.next({
      server: { way: { ...way, env: [...(way.kind === 'stdio' ? way.env : []), 'AWS_PROFILE'] } as typeof way },
    });
    expect(await server.call()).toMatchObject(unknown('MCP_CHANGED', 'reached another way'));
    expect(readFileSync(place, 'utf8')).toBe('started\n');
  });

  it('is started once for all calls of a run', async () => {
    const place = join(tempFolder(), 'started');
    const server = reading(stdioServer('counts', place));
    await server.trust();
    await Promise.all([server.call(), server.call(), server.call()]);
    await server.call();
    expect(readFileSync(place, 'utf8')).toBe('started\nstarted\n'); // once to trust it, once for the run
  });

  it('gets no variable but those that it is given by name', async () => {
    const place = join(tempFolder(), 'env');
    const { way } = stdioServer('env', place);
    const named = { ...way, env: ['ORDERS_DB'] } as typeof way;
    const server = reading(stdioServer('env', place, { way: named }), {
      PATH: process.env['PATH'],
      HOME: '/home/me',
      ORDERS_DB: 'db',
      AWS_SECRET_ACCESS_KEY: 'never',
      NODE_OPTIONS: '',
    });
    await server.tools();
    expect(JSON.parse(readFileSync(place, 'utf8'))).toEqual({
      PATH: process.env['PATH'],
      HOME: '/home/me',
      ORDERS_DB: 'db',
    });
  });

  it.each([
    ['reworded', 'description'],
    ['other-schema', 'inputSchema.properties'],
    ['destroys', 'annotations.destructiveHint'],
    ['says-nothing', 'annotations'],
  ])('is not called when its tool is not as it was trusted: %s', async (how, part) => {
    const server = reading(stdioServer('well'));
    await server.trust();
    server.next({ how });
    expect(await server.call()).toMatchObject(unknown('MCP_CHANGED', part));
  });

  it.each(['destroys', 'says-nothing'])('is not called when its tool %s, even if that was pinned', async (how) => {
    const server = reading(stdioServer(how));
    await server.trust();
    expect(await server.call()).toMatchObject(
      unknown('MCP_NOT_READ_ONLY', /it says that it may destroy|does not say that it only reads/),
    );
  });

  it.each([
    ['gone', 'does not list'],
    ['twice', 'lists twice'],
  ])('is not called when its tool is %s', async (how, words) => {
    const server = reading(stdioServer('well'));
    await server.trust();
    server.next({ how });
    expect(await server.call()).toMatchObject(unknown('MCP_NO_TOOL', words));
  });

  it.each([
    ['dies-at-once', 'MCP_DIED', 'ended \\(exit 3\\): no such database: orders'],
    ['floods', 'MCP_TOO_LARGE', 'a message of more than'],
    ['endless-list', 'MCP_FAILED', 'gave no answer'],
    ['dies-in-call', 'MCP_DIED', 'ended \\(exit 139\\): segmentation fault, really'],
    ['half-an-answer', 'MCP_DIED', 'ended \\(exit 0\\)'],
    ['refuses', 'MCP_REFUSED', 'region is missing'],
    ['says-much', 'MCP_TOO_LARGE', 'answered 40000 bytes, and at most 16384'],
    ['one-huge-message', 'MCP_TOO_LARGE', 'a message of more than'],
    ['no-result', 'MCP_FAILED', 'gave no answer'],
  ])('is unknown when it %s', async (how, code, words) => {
    const server = reading(stdioServer('well'));
    await server.trust();
    server.next({ how });
    expect(await server.call()).toMatchObject(unknown(code, words));
  });

  it.each(['hangs', 'hangs-in-call'])('is unknown when it is late: %s', async (how) => {
    const server = reading(stdioServer('well'));
    await server.trust();
    server.next({ how, server: { timeoutMs: 500 } });
    expect(await server.call()).toMatchObject(unknown('TIMEOUT', 'within 500 ms'));
  });

  it.each(['garbage', 'other-json', 'floods-stderr'])('is listened to whatever it says besides: %s', async (how) => {
    const server = reading(stdioServer('well'));
    await server.trust();
    server.next({ how });
    expect(await server.call({ region: 'eu' })).toMatchObject({ status: 'seen', value: { text: '{"region":"eu"}' } });
  });

  it.each(['older', 'touchy'])('of the older protocol is spoken with, though it is %s about the newer', async (how) => {
    const server = reading(stdioServer(how));
    await server.trust();
    expect(await server.call()).toMatchObject({ status: 'seen', value: { text: '{}' } });
  });

  it('of the newer protocol is spoken with, though it knows no other', async () => {
    const script = join(import.meta.dirname, '../../support/mcp/newer-server.mjs');
    const way = { kind: 'stdio' as const, command: process.execPath, args: [script], env: [], cwd: null };
    const server = reading(stdioServer('', '', { way }));
    await server.trust();
    expect(await server.call()).toMatchObject({ status: 'seen', value: { text: 'newer' } });
  });

  it('is told that it failed, when it says so', async () => {
    const server = reading(stdioServer('well'));
    await server.trust();
    server.next({ how: 'fails' });
    expect(await server.call()).toMatchObject({ status: 'seen', value: { isError: true } });
  });

  it('gets no model, no question to the operator and no list of folders, however it asks', async () => {
    const server = reading(stdioServer('well'));
    await server.trust();
    server.next({ how: 'asks-back' });
    expect(await server.call()).toMatchObject({ status: 'seen', value: { text: '{"asked":true}' } });
  });

  it('is unknown when there is no such program, and says which', async () => {
    const server = reading(
      stdioServer('well', '', { way: { kind: 'stdio', command: '/no/such/program', args: [], env: [], cwd: null } }),
    );
    expect(await server.tools()).toMatchObject(
      unknown('MCP_NOT_STARTED', 'could not be started \\(ENOENT\\): /no/such/program'),
    );
  });

  it('ends with the run, and with it what it started', async () => {
    const place = join(tempFolder(), 'pids');
    const server = reading(stdioServer('hangs-and-forks', place));
    const listing = server.tools();
    const pids = await written(place);
    expect(pids.map(isAlive)).toEqual([true, true]);
    server.next();
    await expect(listing).rejects.toThrow();
    await gone(pids);
  });

  it('that dies is told as that, and takes along a child that holds its pipes', async () => {
    const place = join(tempFolder(), 'pid');
    const server = reading(stdioServer('dies-and-leaves-a-child', place));
    expect(await server.tools()).toMatchObject(unknown('MCP_DIED', 'ended \\(exit 4\\)'));
    await expect(gone(await written(place))).resolves.toBeUndefined();
  });

  it('ends soon after the last call, even when it does not want to', async () => {
    const place = join(tempFolder(), 'pid');
    const server = reading(stdioServer('stays', place));
    await server.tools();
    await expect(gone(await written(place))).resolves.toBeUndefined();
  });

  it('is given up when the check is out of time, and the abort is told as that', async () => {
    const server = reading(stdioServer('well'));
    await server.trust();
    server.next({ how: 'hangs-in-call' });
    const late = new AbortController();
    const called = server.call({}, late.signal);
    setTimeout(() => late.abort(new Error('out of time')), 700);
    await expect(called).rejects.toThrow('out of time');
  });
});

async function written(place: string): Promise<readonly number[]> {
  for (;;) {
    if (existsSync(place)) {
      const pids = readFileSync(place, 'utf8').split(' ').map(Number);
      if (pids.every((pid) => pid > 0)) return pids;
    }
    await delay(20);
  }
}
