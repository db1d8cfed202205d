import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PlanId } from '../../../src/domain/id.ts';
import { pursue } from '../../../src/maker/pursue.ts';
import { openKubernetesGate } from './gate-house.ts';

export interface Pursued {
  readonly folder: string;
  readonly kubeconfig: string;
  readonly token: string;
  readonly plan: PlanId;
}

/** Sees a plan through in a process of its own, which is killed once `moment` has come. */
export async function killedAt(
  { folder, kubeconfig, token, plan }: Pursued,
  moment: () => Promise<unknown>,
): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), folder, kubeconfig, token, plan], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const closed = once(child, 'close');
  await Promise.race([moment(), closed]);
  child.kill('SIGKILL');
  const [code, signal] = await closed;
  if (signal !== 'SIGKILL') throw new Error(`the process ended by itself (code ${String(code)}) before it was killed`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder = '', kubeconfig = '', token = '', plan = ''] = process.argv;
  await pursue(`p-${plan.slice(2)}`, openKubernetesGate(kubeconfig, token, { folder, waits: true }));
}
