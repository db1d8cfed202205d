import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { programEnvironment } from '../../../src/providers/terraform/environment.ts';
import { findProgram } from '../../../src/providers/terraform/program.ts';
import { createTerraformReader } from '../../../src/providers/terraform/reader.ts';
import { runToRead, type ReadingRun } from '../../../src/providers/terraform/run.ts';
import { readWorkingDir } from '../../../src/providers/terraform/working-dir.ts';
import { tempFolder } from '../../support/temp.ts';

function executable(folder: string, name: string, text = '#!/bin/sh\n'): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}

describe('the program', () => {
  test('is the first of PATH, then of the usual places, and never by a relative part of PATH', async () => {
    const root = tempFolder();
    const usual = executable(join(root, 'usual'), 'tofu');
    const own = executable(join(root, 'own'), 'tofu');
    expect(await findProgram('tofu', `.::bin:${join(root, 'own')}`, [join(root, 'usual')])).toMatchObject({
      value: own,
    });
    expect(await findProgram('tofu', '.::bin', [join(root, 'usual')])).toMatchObject({ value: usual });
    expect(await findProgram('tofu', undefined, [])).toMatchObject({ failure: { code: 'PROGRAM_NOT_FOUND' } });
  });

  test('is no folder, and no file that may not be run', async () => {
    const root = tempFolder();
    mkdirSync(join(root, 'a', 'tofu'), { recursive: true });
    chmodSync(executable(join(root, 'b'), 'tofu'), 0o644);
    const right = executable(join(root, 'c'), 'tofu');
    const path = ['a', 'b', 'c'].map((name) => join(root, name)).join(':');
    expect(await findProgram('tofu', path, [])).toMatchObject({ value: right });
  });
});

describe('its environment', () => {
  test('drops a variable of the program that nobody thought of', () => {
    const env = programEnvironment({ TF_SOMETHING_NEW: '1', HOME: '/home/ops', EMPTY: undefined, TFE_TOKEN: 't' });
    expect(env).toEqual({
      HOME: '/home/ops',
      TFE_TOKEN: 't',
      TF_IN_AUTOMATION: '1',
      TF_INPUT: '0',
      CHECKPOINT_DISABLE: '1',
    });
  });
});

describe('a command that reads', () => {
  function run(text: string, limits: Partial<ReadingRun> = {}) {
    const cwd = tempFolder();
    const path = executable(cwd, 'program', `#!/bin/sh\n${text}\n`);
    const signal = new AbortController().signal;
    return runToRead({ path, args: ['show'], cwd, env: {}, limitMs: 60_000, limitBytes: 1_000, signal, ...limits });
  }

  test('gives what it says, and nothing of what it says on stderr', async () => {
    expect(await run('echo yes; echo hunter2-lab-only >&2')).toEqual({ status: 'seen', value: 'yes\n' });
    const failed = await run('echo hunter2-lab-only >&2; exit 3');
    expect(failed).toMatchObject({ status: 'unknown', failure: { code: 'PROGRAM_FAILED' } });
    expect(JSON.stringify(failed)).not.toContain('hunter2');
  });

  test('is stopped when it says too much, or takes too long', async () => {
    expect(await run('while :; do echo 0123456789; done')).toMatchObject({ failure: { code: 'TOO_LARGE' } });
    expect(await run('while :; do :; done', { limitMs: 50 })).toMatchObject({ failure: { code: 'TIMEOUT' } });
  });

  test('is stopped when it is given up', async () => {
    const giveUp = new AbortController();
    const answer = run('while :; do :; done', { signal: giveUp.signal });
    giveUp.abort(new Error('given up'));
    await expect(answer).rejects.toThrow('given up');
  });

  test('that is not there is a value', async () => {
    expect(await run('', { path: '/nowhere/terraform' })).toMatchObject({ failure: { code: 'ENOENT' } });
  });
});

describe('a working directory', () => {
  function laidOut(files: Readonly<Record<string, string>>): string {
    const dir = tempFolder();
    mkdirSync(join(dir, '.terraform'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    return dir;
  }

  test('without anything is local, in the default workspace', async () => {
    expect(await readWorkingDir(laidOut({}))).toEqual({
      status: 'seen',
      value: { backend: 'local', backendConfig: null, workspace: 'default', lock: null },
    });
  });

  test('says its backend, its workspace and its lock file', async () => {
    const dir = laidOut({
      '.terraform/terraform.tfstate': '{"version":3,"backend":{"type":"s3","config":{"bucket":"b"},"hash":1}}',
      '.terraform/environment': 'prod\n',
      '.terraform.lock.hcl': '',
    });
    expect(await readWorkingDir(dir)).toMatchObject({
      value: {
        backend: 's3',
        backendConfig: expect.stringMatching(/^sha256:/),
        workspace: 'prod',
        lock: expect.any(String),
      },
    });
  });

  test.for<[string, object, object, boolean]>([
    ['another bucket', { bucket: 'a' }, { bucket: 'b' }, false],
    ['another key of a state', { key: 'a' }, { key: 'b' }, false],
    ['another secret_suffix, which is a place', { secret_suffix: 'a' }, { secret_suffix: 'b' }, false],
    ['another access key', { access_key: 'a', secret_key: 'x' }, { access_key: 'b', secret_key: 'y' }, true],
    ['another password in an address', { address: 'https://a:b@h/x' }, { address: 'https://c:d@h/x' }, true],
    ['another password of a connection', { conn_str: 'host=h password=a' }, { conn_str: 'host=h password=b' }, true],
    ['another host of a connection', { conn_str: 'postgres://a:b@h/x' }, { conn_str: 'postgres://a:b@i/x' }, false],
    [
      'a token deeper down',
      { workspaces: [{ name: 'a', token: '1' }] },
      { workspaces: [{ name: 'a', token: '2' }] },
      true,
    ],
  ])('%s: %j and %j are the same place: %s', async ([, a, b, same]) => {
    const [first, second] = await Promise.all(
      [a, b].map((config) =>
        readWorkingDir(laidOut({ '.terraform/terraform.tfstate': JSON.stringify({ backend: { type: 'x', config } }) })),
      ),
    );
    expect(first?.status).toBe('seen');
    expect(JSON.stringify(second) === JSON.stringify(first)).toBe(same);
  });

  test.for(['{', '[]', '{"backend":1}', '{"backend":{"config":{}}}'])(
    'is not understood when it says %s',
    async (text) => {
      const dir = laidOut({ '.terraform/terraform.tfstate': text });
      expect(await readWorkingDir(dir)).toMatchObject({ failure: { code: 'BACKEND_UNREADABLE' } });
    },
  );

  test('in which nothing was tried has no trace', async () => {
    expect(await createTerraformReader({ env: {} }).trace(laidOut({}), 'key')).toEqual({ status: 'seen', value: null });
  });
});
