import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countTokens } from 'gpt-tokenizer';
import { openModels } from '../src/agents/models.ts';
import { askTriage } from '../src/agents/triage/ask.ts';
import { seen } from '../src/domain/failure.ts';
import { findingId } from '../src/domain/id.ts';
import { createSpending } from '../src/domain/spending.ts';
import { modelServer } from '../test/support/models/server.ts';
import { aFinding } from '../test/support/notify/findings.ts';
import { redactor } from '../test/support/sighting.ts';

const BIN = join(import.meta.dirname, '../bin/holdfast.js');
const ROUNDS = 15;
const PROSE =
  'The shop must answer; a missing backup can wait until morning. Look at the database first when many things fail at once. Never restart the payment worker by day.';

/**
 * What a beat's news costs in tokens of the prompt (o200k_base, which differs little from what small models use), for
 * 1, 10 and 100 findings; and what `ask` adds to the check that it runs, as a ratio of whole processes in one run.
 */
export async function agentCosts(): Promise<{ name: string; lines: string[] }> {
  const lines: string[] = [];
  for (const count of [1, 10, 100]) {
    const { calls, tokens, bytes } = await triageCost(count);
    lines.push(`a beat with ${count} new: ${calls} call, ${tokens} tokens of prompt (target 1500), ${bytes} bytes`);
  }
  lines.push('a quiet beat: 0 calls, 0 tokens (test/stories/triage.test.ts)');
  lines.push(askRatio('is the disk full?', 'host/disk', 'host/disk and host/disk-health by ask'));
  return { name: 'agents', lines };
}

async function triageCost(count: number): Promise<{ calls: number; tokens: number; bytes: number }> {
  await using server = await modelServer([
    { json: { summary: 'They are full.', cause: null, nextLook: null, urgency: 'soon' } },
  ]);
  const models = openModels({
    settings: {
      localOnly: true,
      ollama: { url: server.url, keepAlive: 60_000, contextTokens: 8192 },
      ollamaHost: null,
      endpoints: {},
      prices: {},
      silenceMs: 10_000,
    },
    clock: { now: () => 0, monotonic: () => 0 },
    random: (size) => randomBytes(size),
    redactor,
    keyOf: async () => seen(null),
    record: { begin: () => undefined, end: () => undefined },
  });
  const news = Array.from({ length: count }, (_, index) => {
    const name = `kubernetes/deployment/shop/checkout-api-${index}`;
    return { ...aFinding(name), id: findingId(Buffer.from(name).toString('hex').slice(-32)) };
  });
  await askTriage(
    {
      use: {
        model: 'ollama/gemma4:e4b',
        purpose: 'triage',
        runbook: 'bench',
        run: null,
        escalatedBecause: null,
        spending: createSpending({ calls: null, tokens: null, usdPerDay: null }),
        signal: new AbortController().signal,
        timeoutMs: 10_000,
      },
      news,
      ongoing: [],
      instructions: PROSE,
      redactor,
    },
    models,
  );
  const [request] = server.requests();
  // What is no message of it (the schema, the options) never gets into the prompt.
  const messages: unknown = request?.body['messages'];
  const text = (Array.isArray(messages) ? messages : []).map((one: { content: string }) => one.content).join('\n');
  return { calls: server.requests().length, tokens: countTokens(text), bytes: Buffer.byteLength(text) };
}

/** Whole processes in turn, so that a machine that slows down slows both down; medians. */
function askRatio(question: string, check: string, what: string): string {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const env = {
    ...process.env,
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CONFIG_HOME: join(home, 'config'),
    KUBECONFIG: '',
  };
  const time = (...args: string[]): number => {
    const started = performance.now();
    execFileSync(process.execPath, [BIN, ...args], { env, stdio: 'ignore' });
    return performance.now() - started;
  };
  const asks: number[] = [];
  const checks: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [ask, run] = [time('ask', question, '--no-model'), time('checks', 'run', check)];
    if (round > 0) {
      asks.push(ask);
      checks.push(run);
    }
  }
  rmSync(home, { recursive: true, force: true });
  const [ask, run] = [median(asks), median(checks)];
  return `${what}: ${ask.toFixed(0)} ms, ${(ask / run).toFixed(2)}x \`checks run ${check}\` (target 1.2)`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
