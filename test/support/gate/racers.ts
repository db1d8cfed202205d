import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { PlanId } from '../../../src/domain/id.ts';
import { CodedError } from '../../../src/domain/coded-error.ts';
import { applyPlan } from '../../../src/maker/apply.ts';
import { exactPlan } from '../../../src/maker/change-plan.ts';
import { pursue } from '../../../src/maker/pursue.ts';
import type { FakeAddress } from '../fake-provider/server.ts';
import { openGate, type GateAtHand } from './deps.ts';

/** `claims`: each applies the plan 250 times at once, and without the target's lock; `pursues`: each sees it through. */
export type GateRace = 'claims' | 'pursues';

export const CLAIMS_EACH = 250;

/** Processes that want the same at the same moment; what became of each attempt, as `ended verified` or a code. */
export async function gateRace(
  what: GateRace,
  folder: string,
  { url, token }: FakeAddress,
  plans: readonly PlanId[],
): Promise<readonly (readonly string[])[]> {
  const file = fileURLToPath(import.meta.url);
  const racers = plans.map((plan) =>
    spawn(process.execPath, [file, what, folder, url, token, plan], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  await Promise.all(racers.map((racer) => once(racer.stdout, 'data')));
  const answers = racers.map((racer) => text(racer.stdout));
  for (const racer of racers) racer.stdin.end('go');
  return (await Promise.all(answers)).map((answer) => JSON.parse(answer) as string[]);
}

async function attempts(what: GateRace, gate: GateAtHand, id: PlanId): Promise<readonly string[]> {
  const plan = exactPlan(gate, id);
  if (plan.status !== 'authorised') throw new Error(`it is ${plan.status} at the start`);
  process.stdout.write(' '); // ready
  await once(process.stdin.resume(), 'end');
  const one = async (): Promise<string> => {
    try {
      const attempt = what === 'claims' ? await applyPlan(plan, gate) : await pursue(id, gate);
      return `${attempt.status} ${attempt.plan.status}`;
    } catch (error) {
      if (error instanceof CodedError) return error.code;
      throw error;
    }
  };
  return Promise.all(Array.from({ length: what === 'claims' ? CLAIMS_EACH : 1 }, one));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , what, folder = '', url = '', token = '', plan = ''] = process.argv;
  const gate = openGate({ url, token }, { folder, waits: true });
  const came = await attempts(what === 'claims' ? 'claims' : 'pursues', gate, `p-${plan.slice(2)}`);
  gate.database.close();
  process.stdout.write(JSON.stringify(came));
}
