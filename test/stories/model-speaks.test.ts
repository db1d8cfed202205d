import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { aHome } from '../support/cli.ts';
import { modelServer, type Script } from '../support/models/server.ts';
import { dueRunbook, startUp } from '../support/up.ts';

async function world(script: Script) {
  const model = await modelServer(script);
  const home = aHome({ OLLAMA_HOST: model.url });
  const told = join(home.folder, 'told.jsonl');
  mkdirSync(join(home.folder, 'config/holdfast'), { recursive: true });
  writeFileSync(
    join(home.folder, 'config/holdfast/config.yaml'),
    `models: { default: ollama/gemma4:e4b }\nnotify: { default: [log], ways: { log: { file: { path: ${JSON.stringify(told)} } } } }\n`,
  );
  dueRunbook(
    home,
    'watch',
    'agent: { when: always }\nchecks: [host/disk]\ninstructions: How is the disk? See https://runbook.example.\n',
  );
  return { model, home, told: () => (existsSync(told) ? readFileSync(told, 'utf8') : '') };
}

const answers =
  (answer: string): Script =>
  (request) =>
    request.body['format'] === undefined ? { say: 'enough' } : { json: { answer, statements: [] } };

describe('a runbook that asks at every run', () => {
  it('has its answer told once, as the words of a model', async () => {
    const { model, home, told } = await world(answers('There is room on the disks.'));
    const up = startUp(home);
    const entry = await up.logged({ event: 'run', runbook: 'watch' });
    expect(entry['status']).toBe('done');
    while (!told().includes('There is room')) await delay(50); // the file is written by a job of its own
    expect(told()).toContain('In the words of ollama/gemma4:e4b');
    expect(await up.kill('SIGTERM')).toBe(0);
    await model[Symbol.asyncDispose]();
  });

  it('tells nothing when the model has nothing to tell', async () => {
    const { model, home, told } = await world(answers('HEARTBEAT_OK'));
    const up = startUp(home);
    await up.logged({ event: 'run', runbook: 'watch' });
    expect(await up.kill('SIGTERM')).toBe(0);
    expect(told()).toBe('');
    const { runs } = (await home.json('runs')) as { runs: { checks: { id: string; outcome: string }[] }[] };
    expect(runs[0]?.checks.find(({ id }) => id === 'agent/prose')?.outcome).toBe('ok');
    await model[Symbol.asyncDispose]();
  });

  it('is unknown, and shown, when nobody answers', async () => {
    const { model, home } = await world(() => ({ fault: 'busy' }));
    const up = startUp(home);
    await up.logged({ event: 'run', runbook: 'watch' });
    await up.kill('SIGTERM');
    const { runs } = (await home.json('runs')) as { runs: { checks: { id: string; outcome: string }[] }[] };
    expect(runs[0]?.checks.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['host/disk', expect.stringMatching(/^(?:ok|findings)$/)],
      ['agent/prose', 'unknown'],
    ]);
    await model[Symbol.asyncDispose]();
  });
});
