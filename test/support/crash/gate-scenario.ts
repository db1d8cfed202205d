import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { PlanId } from '../../../src/domain/id.ts';
import { pursue } from '../../../src/maker/pursue.ts';
import { openGate } from '../gate/deps.ts';
import { hookedCatalog } from '../gate/hooked-catalog.ts';
import { aDraft, create, remove, scale, yesTo } from '../gate/house.ts';
import { approvePlan } from '../../../src/maker/approve.ts';
import { propose } from '../../../src/maker/propose.ts';
import { fakeProvider, type FakeAddress, type FakeProvider } from '../fake-provider/server.ts';
import { tempFolder } from '../temp.ts';
import { killBefore } from './kill-at.ts';

/** An installation with one approved plan of three steps, each of another action; copied for every death. */
export interface Template {
  readonly folder: string;
  readonly plan: PlanId;
}

export async function template(): Promise<Template> {
  const folder = tempFolder();
  await using fake = await seededFake();
  const gate = openGate(fake, { folder });
  const proposed = await propose(aDraft([scale('web', 2), create('new', 3), remove('old')]), gate);
  if (proposed.status !== 'made') throw new Error(JSON.stringify(proposed));
  const { plan } = proposed;
  approvePlan(gate, plan.id, yesTo(plan), () => undefined);
  gate.log.sealHead();
  gate.database.close();
  return { folder, plan: plan.id };
}

/** The world that the plan was sealed for: the same uids every time. */
export async function seededFake(): Promise<FakeProvider> {
  const fake = await fakeProvider();
  fake.cluster.seed('web', 4);
  fake.cluster.seed('old', 1);
  return fake;
}

export function copied({ folder }: Template): string {
  const copy = tempFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

export interface Died {
  readonly killed: boolean;
  /** How many points were passed; null when it was killed. */
  readonly points: number | null;
}

/**
 * Sees the plan through in a process of its own that is killed at its `point`-th point: before each statement of
 * SQLite, and before and after each call of an action's methods. 0: not at all; `onStart` may kill it otherwise.
 */
export async function pursueInProcess(
  folder: string,
  { url, token }: FakeAddress,
  plan: PlanId,
  point: number,
  onStart: (kill: () => void) => void = () => undefined,
): Promise<Died> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), folder, url, token, plan, String(point)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onStart(() => void child.kill('SIGKILL'));
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (signal === 'SIGKILL') return { killed: true, points: null };
  if (code !== 0) throw new Error(`the process failed by itself at point ${point} (code ${String(code)})`);
  return { killed: false, points: Number(said) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder = '', url = '', token = '', plan = '', point = '0'] = process.argv;
  // A statement that changes nothing, at every call of a method: so that one counter counts both.
  const scratch = new DatabaseSync(':memory:');
  const catalog = (real: Parameters<typeof hookedCatalog>[0]): typeof real =>
    hookedCatalog(real, () => scratch.exec('SELECT 1'));
  const gate = openGate({ url, token }, { folder, catalog, waits: true });
  const passed = killBefore(Number(point));
  await pursue(`p-${plan.slice(2)}`, gate);
  gate.log.sealHead();
  process.stdout.write(String(passed()));
}
