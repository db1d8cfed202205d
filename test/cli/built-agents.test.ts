import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { aHome } from '../support/cli.ts';
import { modelServer } from '../support/models/server.ts';

const BIN = join(import.meta.dirname, '../../bin/holdfast.js');

it('the built command finds its thread, and the packages that are not bundled', async () => {
  await using model = await modelServer((request) =>
    request.body['format'] !== undefined
      ? { json: { answer: 'There is room.', statements: [] } }
      : request.index === 0
        ? { call: [{ name: 'findings', arguments: {} }] }
        : { say: 'enough' },
  );
  const home = aHome({ OLLAMA_HOST: model.url });
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [BIN, 'ask', 'is the disk full?', '--model', 'ollama/gemma4:e4b', '--output', 'json'],
    { env: home.env, cwd: home.folder },
  );
  expect(JSON.parse(stdout)).toMatchObject({ by: 'model', answer: 'There is room.', failure: null });
  expect(model.requests().length).toBe(3);
});
