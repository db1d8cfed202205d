import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { askEngine } from '../../../src/providers/docker/ask.ts';
import { createDockerReader, type DockerReader, type Engine } from '../../../src/providers/docker/reader.ts';
import { engine, idOf, rawEngine, SECRET } from '../../support/docker/engine.ts';
import { tempFolder } from '../../support/temp.ts';

const { signal } = new AbortController();

function readerAt(places: Partial<Parameters<typeof createDockerReader>[0]> = {}): DockerReader {
  return createDockerReader({ env: {}, home: '/nowhere', platform: 'linux', system: [], ...places });
}

const reader = readerAt();

async function engineAt(socket: string): Promise<Engine> {
  const found = await reader.engine(socket, signal);
  if (found.status === 'unknown') throw new Error(found.failure.message);
  return found.value;
}

describe('the sockets', () => {
  test('are those that are there, each once, whatever leads to them', async () => {
    await using running = await engine([]);
    const folder = tempFolder();
    symlinkSync(running.socket, join(folder, 'docker.sock'));
    const found = readerAt({
      env: { DOCKER_HOST: `unix://${running.socket}`, CONTAINER_HOST: 'tcp://192.0.2.1:2376', XDG_RUNTIME_DIR: folder },
      system: [running.socket, join(folder, 'not-there.sock')],
    });
    expect(await found.sockets()).toEqual({ status: 'seen', value: [realpathSync(running.socket)] });
  });

  test('are none where a file or a folder lies in their place, and where there is nothing', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'docker.sock'));
    writeFileSync(join(folder, 'a-file'), '');
    const system = [join(folder, 'docker.sock'), join(folder, 'a-file'), join(folder, 'a-file/x'), '/nowhere/at/all'];
    expect(await readerAt({ system }).sockets()).toEqual({ status: 'seen', value: [] });
  });

  test('can not be looked for on Windows', async () => {
    expect(await readerAt({ platform: 'win32' }).sockets()).toMatchObject({ failure: { code: 'NOT_ON_WINDOWS' } });
  });
});

describe('the version of the interface', () => {
  test.each([
    [{}, '1.50'],
    [{ ApiVersion: '1.41' }, '1.41'],
    [{ ApiVersion: '1.24', MinAPIVersion: '1.12' }, '1.24'],
    [{ ApiVersion: '1.60', MinAPIVersion: '1.44' }, '1.50'],
    [{ ApiVersion: '1.70', MinAPIVersion: '1.55' }, '1.55'],
    [{ ApiVersion: '1.41', MinAPIVersion: undefined }, '1.41'],
  ])('is the newest that both speak: %j gives %s', async (version, api) => {
    await using running = await engine([], { version });
    const found = await engineAt(running.socket);
    expect(found.api).toBe(api);
    await reader.containers(found, signal);
    expect(running.asked).toEqual(['GET /version', `GET /v${api}/containers/json?all=1`]);
  });

  test.each([
    { ApiVersion: '1.23' },
    { ApiVersion: 'latest' },
    { ApiVersion: '1.41/../../secrets' },
    { ApiVersion: 1.41 },
    { Version: undefined },
    { ApiVersion: '1.30', MinAPIVersion: '1.40' },
  ])('is unknown for %j', async (version) => {
    await using running = await engine([], { version });
    expect(await reader.engine(running.socket, signal)).toMatchObject({ failure: { code: 'ENGINE_ANSWER_INVALID' } });
  });

  test('tells Podman by its components', async () => {
    await using running = await engine([], {
      version: { Components: [{ Name: 'Podman Engine', Version: '5.2.2' }], Version: '5.2.2', ApiVersion: '1.41' },
    });
    expect(await engineAt(running.socket)).toMatchObject({ command: 'podman', name: 'Podman 5.2.2', api: '1.41' });
  });
});

test('of a container only how it is doing is kept: no environment, arguments, labels or output of its check', async () => {
  const web = { name: 'web', health: 'unhealthy', restartCount: 7, policy: 'always' };
  await using running = await engine([web]);
  const found = await engineAt(running.socket);
  const listed = await reader.containers(found, signal);
  const container = await reader.container(found, idOf(web), signal);
  expect(listed).toEqual({
    status: 'seen',
    value: [{ id: idOf(web), name: 'web', image: 'registry.example/app:1', state: 'running', status: 'Up 2 hours' }],
  });
  expect(container).toEqual({
    status: 'seen',
    value: {
      id: idOf(web),
      state: 'running',
      exitCode: 0,
      error: null,
      oomKilled: false,
      startedAt: Date.parse('2026-11-20T10:00:00.123Z'),
      finishedAt: null,
      restartCount: 7,
      restartPolicy: { name: 'always', maximumRetryCount: 0 },
      health: { status: 'unhealthy', failingStreak: 4 },
    },
  });
  expect(JSON.stringify([listed, container])).not.toContain(SECRET);
});

test('a container that is gone is null, and asked for once', async () => {
  await using running = await engine([]);
  const found = await engineAt(running.socket);
  expect(await reader.container(found, 'f'.repeat(64), signal)).toEqual({ status: 'seen', value: null });
  expect(running.asked).toHaveLength(2);
});

describe('an engine that does not answer as it should is unknown, with the reason', () => {
  test.each([
    ['no JSON', 'surprise', 'ENGINE_ANSWER_INVALID'],
    ['half a list', '[{"Id":"abc', 'ENGINE_ANSWER_INVALID'],
    ['another kind of JSON', '{"containers":[]}', 'ENGINE_ANSWER_INVALID'],
    ['a list of something else', '[1,2,3]', 'ENGINE_ANSWER_INVALID'],
    [
      'an id that leads elsewhere',
      '[{"Id":"../secrets","Image":"x","State":"exited","Status":"x"}]',
      'ENGINE_ANSWER_INVALID',
    ],
    ['nothing', '', 'ENGINE_ANSWER_INVALID'],
  ])('%s', async (_, text, code) => {
    await using running = await engine([], {
      instead: (request, response) => request.url !== '/version' && (response.end(text), true),
    });
    expect(await reader.containers(await engineAt(running.socket), signal)).toMatchObject({ failure: { code } });
  });

  test('an error of its own is told in its words', async () => {
    await using running = await engine([], {
      instead: (_, response) => (response.writeHead(500).end('{"message":"layer store is on fire"}'), true),
    });
    expect(await reader.engine(running.socket, signal)).toMatchObject({
      failure: { code: 'HTTP_500', message: expect.stringContaining('layer store is on fire') },
    });
  });

  test('an answer that breaks off', async () => {
    await using running = await rawEngine((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"Version":')),
    );
    expect(await reader.engine(running.socket, signal)).toMatchObject({ failure: { code: 'ECONNRESET' } });
  });

  test('an answer that is no HTTP', async () => {
    await using running = await rawEngine((socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n'));
    expect(await reader.engine(running.socket, signal)).toMatchObject({
      failure: { code: expect.stringMatching(/^HPE_/) },
    });
  });

  test('an answer that switches protocols', async () => {
    await using running = await rawEngine((socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n'),
      ),
    );
    expect(await reader.engine(running.socket, signal)).toMatchObject({ status: 'unknown' });
  });

  test('one that hangs up at once', async () => {
    await using running = await rawEngine((socket) => socket.destroy());
    expect(await reader.engine(running.socket, signal)).toMatchObject({ status: 'unknown' });
  });

  test('an answer without an end is given up at its limit', async () => {
    await using running = await engine([], {
      instead: (request, response) => {
        if (request.url === '/version') return false;
        const junk = Buffer.alloc(65_536, ' ');
        const flood = (): void => void (response.writable && response.write(junk, flood));
        flood();
        return true;
      },
    });
    expect(await reader.containers(await engineAt(running.socket), signal)).toMatchObject({
      failure: { code: 'ENGINE_ANSWER_TOO_LARGE' },
    });
  });

  test('silence, and a body that never ends its first line, are out of time', async () => {
    await using silent = await rawEngine(() => undefined);
    await using slow = await rawEngine((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"Version":')),
    );
    for (const { socket } of [silent, slow]) {
      const question = { socket, path: '/version', limitBytes: 1_000, signal };
      expect(await askEngine(question, 100)).toMatchObject({ failure: { code: 'TIMEOUT' } });
    }
  });

  test('a socket that nobody listens at any more, one that is not there, and a file', async () => {
    const running = await engine([]);
    const abandoned = await abandonedSocket();
    await running[Symbol.asyncDispose]();
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    expect(await reader.engine(abandoned, signal)).toMatchObject({ failure: { code: 'ECONNREFUSED' } });
    expect(await reader.engine(running.socket, signal)).toMatchObject({ failure: { code: 'ENOENT' } });
    expect(await reader.engine(file, signal)).toMatchObject({ status: 'unknown' });
  });

  test('an abort is thrown, and not taken for trouble of the engine', async () => {
    await using silent = await rawEngine(() => undefined);
    const controller = new AbortController();
    const going = reader.engine(silent.socket, controller.signal);
    controller.abort(new Error('the run is over'));
    await expect(going).rejects.toThrow('the run is over');
  });
});

/** What an engine that was killed leaves behind. */
async function abandonedSocket(): Promise<string> {
  const path = join(tempFolder(), 'abandoned.sock');
  const script = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  await promisify(execFile)(process.execPath, ['-e', script, path]).catch(() => undefined);
  if (!existsSync(path)) throw new Error('no socket was left behind');
  return path;
}

const DOCKER = '/usr/local/bin/docker';

test.skipIf(!existsSync(DOCKER))(
  'the stand-in is understood by the docker command itself (where there is one)',
  async () => {
    await using running = await engine([
      { name: 'web' },
      { name: 'job', state: 'exited', status: 'Exited (3) 2 hours ago', exitCode: 3 },
    ]);
    const ask = async (...args: string[]): Promise<string> =>
      (await promisify(execFile)(DOCKER, ['-H', `unix://${running.socket}`, ...args], { env: {} })).stdout;
    expect(await ask('ps', '-a', '--format', '{{.Names}} {{.State}} {{.Status}}')).toBe(
      'web running Up 2 hours\njob exited Exited (3) 2 hours ago\n',
    );
    expect(await ask('version', '--format', '{{.Server.Version}}')).toBe('28.2.2\n');
  },
);

test.skipIf(process.getuid?.() !== 0)(
  'a socket that this user may not use is unknown when it is named, and not there when it is not (needs root)',
  async () => {
    await using running = await engine([]);
    const module = join(import.meta.dirname, '../../../src/providers/docker/reader.ts');
    const script = `
      const { createDockerReader } = await import(${JSON.stringify(module)});
      const socket = process.argv[1];
      const reader = createDockerReader({ env: {}, home: '/', platform: 'linux', system: [socket] });
      const { signal } = new AbortController();
      console.log(JSON.stringify([await reader.engine(socket, signal), await reader.sockets()]));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script, running.socket],
      { uid: 65_534, gid: 65_534, env: {}, cwd: '/' },
    );
    expect(JSON.parse(stdout)).toMatchObject([
      { failure: { code: 'EACCES', message: expect.stringContaining('may not ask the container engine') } },
      { status: 'seen', value: [] },
    ]);
  },
);
