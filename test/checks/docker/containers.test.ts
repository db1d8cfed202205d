import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { containerSample } from '../../../src/checks/docker/container-facts.ts';
import { check } from '../../../src/checks/docker/containers.ts';
import { createDockerReader, type DockerReader } from '../../../src/providers/docker/reader.ts';
import { engine, rawEngine, SECRET, type StandInContainer } from '../../support/docker/engine.ts';
import { look } from '../../support/look.ts';
import { tempFolder } from '../../support/temp.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

function readerOf(...system: readonly string[]): DockerReader {
  return createDockerReader({ env: {}, home: '/nowhere', platform: 'linux', system });
}

async function lookAt(containers: readonly StandInContainer[], params: object = {}) {
  await using running = await engine(containers);
  return { ...(await look(check, readerOf(running.socket), params, { now: NOW })), asked: running.asked };
}

test('a machine without an engine has nothing to look at, and no finding', async () => {
  expect(await look(check, readerOf(join(tempFolder(), 'docker.sock')), {})).toEqual({ observations: [], drafts: [] });
});

test('a healthy machine is silent, and what has been up for days is not asked about one by one', async () => {
  const { observations, drafts, asked } = await lookAt([
    { name: 'web', status: 'Up 5 weeks (healthy)', policy: 'always' },
    { name: 'db', status: 'Up 2 days', policy: 'unless-stopped' },
    { name: 'cache', status: 'Up About an hour', policy: 'always' },
    { name: 'backup', state: 'exited', status: 'Exited (0) 9 hours ago', finishedAt: '2026-11-20T03:00:00Z' },
    { name: 'prepared', state: 'created', status: 'Created' },
  ]);
  expect(drafts).toEqual([]);
  expect(observations).toHaveLength(5);
  expect(asked).toHaveLength(5);
});

test('everything that ails containers is found, each under its own name, and no secret is in it', async () => {
  const { observations, drafts } = await lookAt([
    {
      name: 'web',
      state: 'exited',
      status: 'Exited (1) 3 hours ago',
      exitCode: 1,
      policy: 'on-failure',
      finishedAt: '2026-11-20T09:00:00.5Z',
    },
    { name: 'worker', state: 'restarting', status: 'Restarting (1) 2 seconds ago', policy: 'always', restartCount: 9 },
    { name: 'api', status: 'Up 9 days (unhealthy)', health: 'unhealthy' },
    { name: 'hungry', status: 'Up 3 minutes', oomKilled: true, policy: 'always' },
    {
      name: 'proxy',
      state: 'created',
      status: 'Created',
      exitCode: 128,
      error: 'driver failed: port is already allocated',
      policy: 'unless-stopped',
    },
  ]);
  expect(drafts.map(({ discriminator, severity, title }) => [discriminator, severity, title])).toEqual([
    ['state', 'high', 'The container web ended with exit code 1, 3 h ago'],
    ['restarts', 'high', 'The container worker ends again and again'],
    ['health', 'high', 'The container api is unhealthy, its health check failed 4 times in a row'],
    ['memory', 'medium', 'In the container hungry a program was killed for want of memory since it was started'],
    ['state', 'high', 'The container proxy could not be started: driver failed: port is already allocated'],
  ]);
  expect(JSON.stringify([observations, drafts])).not.toContain(SECRET);
  expect(new Set(observations.map(({ resource }) => resource)).size).toBe(5);
});

test.each([0, 130, 137, 143])(
  'a container that ended with %i was stopped, or is done: no finding',
  async (exitCode) => {
    const ended = { state: 'exited', status: `Exited (${exitCode}) 2 hours ago`, exitCode };
    expect((await lookAt([{ name: 'web', policy: 'always', ...ended }])).drafts).toEqual([]);
    expect((await lookAt([{ name: 'web', policy: 'always', ...ended }], { mustRun: ['web'] })).drafts).toMatchObject([
      { discriminator: 'state', severity: 'high' },
    ]);
  },
);

test('a container without a restart policy may end as it likes, unless it must run', async () => {
  const job = { name: 'job', state: 'exited', status: 'Exited (3) 2 hours ago', exitCode: 3 };
  expect((await lookAt([job])).drafts).toEqual([]);
  expect((await lookAt([job], { mustRun: ['job'] })).drafts).toMatchObject([{ evidenceClass: 'failed' }]);
  expect(
    (await lookAt([{ name: 'job', state: 'paused', status: 'Up 9 hours (Paused)' }], { mustRun: ['job'] })).drafts,
  ).toMatchObject([{ evidenceClass: 'not-running', title: 'The container job must run and is paused' }]);
});

describe('a container that must run and is nowhere', () => {
  test('is reported, whether there is an engine or not', async () => {
    const title = { discriminator: 'state', severity: 'high', evidenceClass: 'missing' };
    expect((await lookAt([{ name: 'web' }], { mustRun: ['web', 'db'] })).drafts).toMatchObject([title]);
    expect((await look(check, readerOf(), { mustRun: ['db'] })).drafts).toMatchObject([title]);
  });

  test('is unknown while one of several engines can not be asked', async () => {
    await using running = await engine([{ name: 'web' }]);
    await using broken = await rawEngine((socket) => socket.destroy());
    const reader = readerOf(running.socket, broken.socket);
    const { observations, drafts } = await look(check, reader, { mustRun: ['web', 'db'] });
    expect(drafts).toEqual([]);
    expect(observations).toMatchObject([
      { status: 'seen', name: 'web' },
      { status: 'unknown', resource: `docker:local/container/${broken.socket}/*` },
      { status: 'unknown', resource: 'docker:local/must-run/db' },
    ]);
  });
});

test('what an engine that does not answer hides is what it would have listed, and nothing of another one', async () => {
  await using running = await engine([{ name: 'web' }], {
    instead: (request, response) =>
      request.url?.includes('/containers/') === true && (response.writeHead(500).end('{}'), true),
  });
  const { observations } = await look(check, readerOf(running.socket), {});
  expect(observations).toMatchObject([
    { status: 'unknown', resource: `docker:local/container/${running.socket}/*`, failure: { code: 'HTTP_500' } },
  ]);
});

test('one container that can not be asked about hides itself alone; one that is gone meanwhile is left out', async () => {
  await using running = await engine([{ name: 'a' }, { name: 'b' }, { name: 'c' }], {
    instead: (request, response) => {
      const name = Buffer.from(/containers\/([0-9a-f]{2})/.exec(request.url ?? '')?.[1] ?? '', 'hex').toString();
      if (name === 'a') response.writeHead(500).end('{"message":"stuck"}');
      if (name === 'b') response.writeHead(404).end('{"message":"No such container"}');
      return name === 'a' || name === 'b';
    },
  });
  const { observations } = await look(check, readerOf(running.socket), {});
  expect(observations).toMatchObject([
    { status: 'unknown', name: 'a', failure: { code: 'HTTP_500' } },
    { status: 'seen', name: 'c' },
  ]);
});

test('a socket that is named must be there', async () => {
  const socket = join(tempFolder(), 'none.sock');
  expect((await look(check, readerOf(), { socket })).observations).toMatchObject([
    { status: 'unknown', resource: `docker:local/container/${socket}/*`, failure: { code: 'ENOENT' } },
  ]);
});

test('what is excluded is not asked about, and its name still counts as there', async () => {
  const { observations, drafts } = await lookAt(
    [{ name: 'ci-7f3', state: 'restarting', status: 'Restarting (1) 1 second ago' }, { name: 'web' }],
    { exclude: ['ci-*'], mustRun: ['ci-7f3'] },
  );
  expect(observations).toMatchObject([{ name: 'web' }]);
  expect(drafts).toEqual([]);
});

test('containers of two engines may bear the same name', async () => {
  await using docker = await engine([{ name: 'web' }]);
  await using podman = await engine([{ name: 'web' }]);
  const { observations } = await look(check, readerOf(docker.socket, podman.socket), {});
  expect(new Set(observations.map(({ resource }) => resource)).size).toBe(2);
});

test('restarts are counted against the last look at this very container', async () => {
  await using running = await engine([{ name: 'web', policy: 'always', status: 'Up 4 minutes', restartCount: 12 }]);
  const { observations } = await look(check, readerOf(running.socket), {});
  const [seen] = observations;
  if (seen?.status !== 'seen') throw new Error('not seen');
  const sample = check.sample?.(seen);
  expect(sample).toEqual({ id: expect.stringMatching(/^[0-9a-f]{64}$/), restartCount: 12 });
  const params = { mustRun: [], exclude: [], restarts: 3 };
  const after = (values: { id: string; restartCount: number }) =>
    check.judge(seen, params, { samples: [{ at: NOW - 1_800_000, values }], open: new Map(), now: NOW });
  const { id } = containerSample.parse(sample);
  expect(after({ id, restartCount: 10 })).toEqual([]);
  expect(after({ id, restartCount: 9 })).toMatchObject([
    { severity: 'medium', title: 'The container web was started again 3 times in the last 30 min' },
  ]);
  expect(after({ id: 'f'.repeat(64), restartCount: 0 })).toEqual([]);
});

test('more than five hundred to be asked about one by one are not', async () => {
  const many = Array.from({ length: 502 }, (_, index) => ({ name: `c${index}` }));
  const { observations } = await lookAt(many);
  expect(observations.filter(({ status }) => status === 'unknown')).toMatchObject([
    { name: 'c500', failure: { code: 'TOO_MANY' } },
    { name: 'c501', failure: { code: 'TOO_MANY' } },
  ]);
});
