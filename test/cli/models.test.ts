import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aHome, type Home } from '../support/cli.ts';
import { closedPort } from '../support/http/servers.ts';
import { modelServer, type ModelRequest, type Turn } from '../support/models/server.ts';
import { standInPrograms, type StandIn } from '../support/stand-in-programs.ts';
import { tempFolder } from '../support/temp.ts';

const MODEL = 'ollama/gemma4:e4b';
const DISK_ANSWER = 'The file system `/data` is 97 % full.';

/** A model that does what the suite wants, but for what `spoil` makes of it. */
function good(spoil: (request: ModelRequest) => Turn | null = () => null) {
  return (request: ModelRequest): Turn => {
    const spoilt = spoil(request);
    if (spoilt !== null) return spoilt;
    const { text } = request;
    if (request.body['format'] !== undefined) {
      const known = /What is wrong\?|Is there room on \/data|Which certificate|Is a node short/.test(text);
      const answer = text.includes('What is wrong?')
        ? '`shop/checkout-api` crash-loops.'
        : text.includes('Is there room')
          ? DISK_ANSWER
          : text.includes('Which certificate')
            ? 'That of `shop.example.com`.'
            : text.includes('Is a node short')
              ? 'Yes, `node-b`.'
              : 'The data does not say that.';
      return { json: { answer, known } };
    }
    const messages = request.body['messages'] as { role: string }[];
    if (messages.some(({ role }) => role === 'tool')) return { say: 'It is fine.' };
    if (text.includes('What does the pod'))
      return { call: [{ name: 'logs', arguments: { pod: 'shop/checkout-api-2' } }] };
    const check = text.includes('nodes of the cluster ready')
      ? 'kubernetes/nodes'
      : text.includes('short of memory')
        ? 'host/memory'
        : 'host/disk';
    return { call: [{ name: 'run_check', arguments: { check } }] };
  };
}

function configOf(home: Home): string {
  return join(home.env['XDG_CONFIG_HOME'] ?? '', 'holdfast/config.yaml');
}

describe('holdfast models test', () => {
  it('passes a model that does what it is asked, and remembers it', async () => {
    await using server = await modelServer(good());
    const home = aHome({ OLLAMA_HOST: server.url });
    const { code, stdout } = await home.holdfast('models', 'test', MODEL);
    expect(stdout).toContain(`PASSED  ${MODEL}: 12 of 12`);
    expect(code).toBe(0);
    expect(await home.json('models', 'list')).toMatchObject({
      models: [
        { model: MODEL, trust: 'passed', capabilities: ['completion', 'tools'] },
        ...Array.from({ length: 4 }, () => expect.anything() as unknown),
      ],
    });
  }, 60_000);

  it.each<readonly [string, (request: ModelRequest) => Turn | null, string]>([
    [
      'invents pods',
      ({ body }) =>
        body['format'] === undefined ? null : { json: { answer: 'The pod `prod/ghost-1` is broken.', known: true } },
      'claims that the data answers',
    ],
    [
      'writes tool calls as text',
      ({ body }) => (body['tools'] === undefined ? null : { say: 'run_check(host/disk)' }),
      'writes a tool call as text',
    ],
    ['answers half JSON', ({ body }) => (body['format'] === undefined ? null : { fault: 'half-json' }), 'no JSON'],
  ])(
    'fails a model that %s',
    async (_, spoil, words) => {
      await using server = await modelServer(good(spoil));
      const home = aHome({ OLLAMA_HOST: server.url });
      const { code, stdout } = await home.holdfast('models', 'test', MODEL);
      expect(stdout).toContain('FAILED');
      expect(stdout).toContain(words);
      expect(code).toBe(3);
    },
    60_000,
  );

  it('says of one that could not be asked that it was not, and keeps no score', async () => {
    const home = aHome({ OLLAMA_HOST: `127.0.0.1:${await closedPort()}` });
    const { code, stdout } = await home.holdfast('models', 'test', MODEL);
    expect([code, stdout]).toEqual([4, expect.stringContaining('NOT ASKED')]);
    expect((await home.holdfast('models', 'test')).code).toBe(2);
    expect((await home.holdfast('models', 'test', 'gemma4')).stderr).toContain('provider/model');
  });
});

describe('holdfast models list', () => {
  it('never fails as a whole because one server is away', async () => {
    await using lab = await modelServer([], { models: ['qwen3'] });
    const home = aHome({
      OLLAMA_HOST: `127.0.0.1:${await closedPort()}`,
      OPENAI_API_KEY: 'sk-lab-only-0123456789abcdef',
    });
    mkdirSync(join(configOf(home), '..'), { recursive: true });
    writeFileSync(configOf(home), `models:\n  default: lab/qwen3\n  endpoints: { lab: { url: "${lab.url}/v1" } }\n`);
    const { models } = (await home.json('models')) as { models: Record<string, unknown>[] };
    expect(models).toMatchObject([
      { model: 'ollama/…', failure: { code: 'MODEL_NO_SERVER' } },
      { model: 'lab/qwen3', role: 'default', leavesMachine: false, failure: null },
      { model: 'anthropic/…', leavesMachine: true, failure: { code: 'MODEL_NO_KEY' } },
      { model: 'openai/…', failure: null },
      { model: 'google/…', failure: { code: 'MODEL_NO_KEY' } },
      { model: 'openrouter/…', failure: { code: 'MODEL_NO_KEY' } },
    ]);
    expect((await home.holdfast('models')).stdout).not.toContain('sk-lab-only');
  });

  it('says of a server that has none, or only junk, that it has none', async () => {
    for (const models of [[], ['', 'has space', 'x'.repeat(5_000), 'a\u202eb']]) {
      await using server = await modelServer([], { models });
      const listed = (await aHome({ OLLAMA_HOST: server.url }).json('models', 'list')) as { models: object[] };
      expect(listed.models[0]).toMatchObject({ model: 'ollama/…', failure: { message: 'the server has no models' } });
    }
  });

  it.skipIf(process.platform !== 'linux')("finds a key in the system's own store", async () => {
    const programs = tempFolder();
    const { bin } = { bin: join(programs, 'bin') };
    standInPrograms(programs, { 'secret-tool': { says: '', saysTo: { anthropic: 'sk-ant-kept-0123456789abcdef\n' } } });
    chmodSync(bin, 0o755);
    const home = aHome({ PATH: `${bin}:${process.env['PATH'] ?? ''}`, OLLAMA_HOST: `127.0.0.1:${await closedPort()}` });
    const { models } = (await home.json('models')) as { models: { model: string; failure: unknown }[] };
    expect(models.find(({ model }) => model === 'anthropic/…')?.failure).toBeNull();
    expect(models.find(({ model }) => model === 'openai/…')?.failure).toMatchObject({
      code: 'MODEL_NO_KEY',
      message: expect.stringContaining('secret-tool store'),
    });
  });
});

describe.skipIf(process.platform !== 'linux')("the system's own store of keys", () => {
  it.each<readonly [string, StandIn, string]>([
    ['has nothing', { exit: 1 }, 'there is no key for anthropic'],
    ['is locked', { errors: 'secret-tool: Cannot get secret of a locked object\n', exit: 1 }, 'is it locked?'],
    ['keeps what is no key', { says: 'k'.repeat(40_000) }, 'longer than any key'],
  ])('%s', async (_, secretTool, words) => {
    const folder = tempFolder();
    standInPrograms(folder, { 'secret-tool': secretTool });
    const PATH = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`;
    const home = aHome({ PATH, OLLAMA_HOST: `127.0.0.1:${await closedPort()}` });
    const { models } = (await home.json('models', 'list')) as { models: { model: string; failure: unknown }[] };
    expect(models.find(({ model }) => model === 'anthropic/…')?.failure).toMatchObject({
      code: 'MODEL_NO_KEY',
      message: expect.stringContaining(words),
    });
  });
});

describe('holdfast models use', () => {
  it('writes the configuration, and keeps what else stands in it', async () => {
    const home = aHome();
    mkdirSync(join(configOf(home), '..'), { recursive: true });
    writeFileSync(configOf(home), '# mine\nretention: { days: 30 } # a month\n', { mode: 0o640 });
    const used = await home.holdfast('models', 'use', MODEL);
    expect(used.stderr).toContain('untested');
    expect(used.code).toBe(0);
    await home.holdfast('models', 'use', 'anthropic/claude-opus-4-6', '--escalate');
    const text = readFileSync(configOf(home), 'utf8');
    expect(text).toContain('# mine');
    expect(text).toContain('# a month');
    expect(text).toContain(`default: ${MODEL}`);
    expect(text).toContain('escalate: anthropic/claude-opus-4-6');
    expect(statSync(configOf(home)).mode & 0o777).toBe(0o640);
  });

  it('makes the file when there is none, for its owner alone', async () => {
    const home = aHome();
    expect((await home.json('models', 'use', MODEL, '--quiet'))['file']).toBe(configOf(home));
    expect(statSync(configOf(home)).mode & 0o777).toBe(0o600);
  });

  it('leaves a link, and a name that is none, alone', async () => {
    const home = aHome();
    mkdirSync(join(configOf(home), '..'), { recursive: true });
    writeFileSync(join(home.folder, 'elsewhere.yaml'), '');
    symlinkSync(join(home.folder, 'elsewhere.yaml'), configOf(home));
    expect((await home.holdfast('models', 'use', MODEL)).stderr).toContain('FILE_NOT_WRITTEN');
    expect(readFileSync(join(home.folder, 'elsewhere.yaml'), 'utf8')).toBe('');
    expect((await aHome().holdfast('models', 'use', 'gemma4')).code).toBe(2);
  });
});

describe('holdfast doctor, of the model that is asked by default', () => {
  const said = async (home: Home): Promise<unknown> => {
    const { diagnoses } = (await home.json('doctor')) as { diagnoses: { part: string }[] };
    return diagnoses.find(({ part }) => part === 'models');
  };

  it('says that it is untested, away, or not there', async () => {
    await using server = await modelServer([]);
    const home = aHome({ OLLAMA_HOST: server.url });
    expect(await said(home)).toMatchObject({ state: 'ok', said: 'none is configured, and none is needed' });
    await home.holdfast('models', 'use', MODEL);
    expect(await said(home)).toMatchObject({ state: 'warning', said: `${MODEL} is untested` });
    await home.holdfast('models', 'use', 'ollama/other:1b');
    expect(await said(home)).toMatchObject({ state: 'warning', next: 'ollama pull other:1b' });
    await server[Symbol.asyncDispose]();
    expect(await said(home)).toMatchObject({ state: 'warning', said: expect.stringContaining("can't be asked") });
  });
});
