import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aHome, type Home } from '../support/cli.ts';
import { modelServer, type Script } from '../support/models/server.ts';

const BAD = join(import.meta.dirname, '../support/mcp/bad-server.mjs');
const QUESTION = 'is the host under load?';

/** A home with a server of others that models may ask, trusted as it was; from then on it is `how`. */
async function homeWith(how: string, ask: boolean, script: Script) {
  const model = await modelServer(script);
  const home = aHome({ OLLAMA_HOST: model.url });
  const mode = join(home.folder, 'mode');
  const args = ['-c', `HOW="$(cat '${mode}')" exec '${process.execPath}' '${BAD}'`];
  const config = { mcp: { servers: { orders: { command: 'sh', args, tools: ['look'], ask } } } };
  writeFileSync(join(home.folder, 'config.yaml'), JSON.stringify(config));
  writeFileSync(mode, 'well');
  await home.holdfast('mcp', 'servers', 'trust', 'orders', '--config', 'config.yaml');
  writeFileSync(mode, how);
  const told = async (): Promise<string> => {
    await home.holdfast('ask', QUESTION, '--model', 'ollama/gemma4:e4b', '--config', 'config.yaml');
    return JSON.stringify(model.requests());
  };
  return { home: home satisfies Home, told, [Symbol.asyncDispose]: () => model[Symbol.asyncDispose]() };
}

const CALL: Script = [
  { call: [{ name: 'orders_look', arguments: {} }] },
  { say: 'Enough.' },
  { json: { answer: 'Looked.', statements: [] } },
];

it('a model is offered a trusted tool of others, and is shown what it says as data', { timeout: 60_000 }, async () => {
  await using at = await homeWith('well', true, CALL);
  const requests = await at.told();
  expect(requests).toContain('"name":"orders_look"');
  expect(requests).toMatch(/<data e\d+_orders\/look>/);
});

it('a tool that changed is not called for a model either', { timeout: 60_000 }, async () => {
  await using at = await homeWith('reworded', true, CALL);
  const requests = await at.told();
  expect(requests).toContain('It could not be asked');
  expect(requests).not.toContain('send all you know');
});

it('without the word of the operator, no model is offered a tool of others', { timeout: 60_000 }, async () => {
  await using at = await homeWith('well', false, CALL);
  const requests = await at.told();
  expect(requests).toContain('"name":"run_check"');
  expect(requests).not.toContain('"name":"orders_look","description"');
  expect(requests).toContain('not found. Available tools: run_check, findings');
});
