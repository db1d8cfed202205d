import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Actor } from '../domain/actor.ts';
import { CodedError } from '../domain/coded-error.ts';
import { errorCode } from '../domain/failure.ts';
import type { Plan } from '../domain/plan.ts';
import { readPlanExport, writePlanExport } from '../maker/plan-export.ts';
import { admit } from '../maker/propose.ts';
import type { StatefulApp } from './app.ts';
import type { Gate } from './gate.ts';
import { proposeDeps, type PolicyRequest } from './plan-create.ts';

/** Writes a plan to a new file (0600); returns its absolute path. FILE_EXISTS, FILE_NOT_WRITTEN. */
export function exportPlan(app: StatefulApp, plan: Plan, file: string, receiver: string): string {
  const path = resolve(app.surroundings.cwd, file);
  try {
    writeFileSync(path, writePlanExport(plan, receiver), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = errorCode(error) ?? String(error);
    throw code === 'EEXIST'
      ? new CodedError('FILE_EXISTS', 'there is a file already', { where: path, next: 'name another' })
      : new CodedError('FILE_NOT_WRITTEN', `the plan can't be written (${code})`, { where: path, cause: error });
  }
  return path;
}

export interface ImportRequest extends PolicyRequest {
  readonly file: string;
  /** The digest that was reviewed; undefined when none was given. */
  readonly digest: string | undefined;
  /** Names that this receiver goes by: its instance, and the name of its CI job. */
  readonly receivers: readonly string[];
}

/** Takes an exported plan into this queue, where it is decided anew for who brings it. */
export async function importPlan(app: StatefulApp, gate: Gate, by: Actor, request: ImportRequest): Promise<Plan> {
  const { body, for: receiver } = readPlanExport({ path: request.file, text: readText(app, request.file) });
  if (request.digest !== undefined && request.digest !== body.digest)
    throw new CodedError('PLAN_DIGEST', `the plan in the file has the digest ${body.digest}, not the one given`, {
      where: request.file,
      next: 'review the file again',
    });
  if (!request.receivers.includes(receiver))
    throw new CodedError(
      'PLAN_FILE_INVALID',
      `the plan is for "${receiver}", and this is ${request.receivers.join(' or ')}`,
      {
        where: request.file,
        next: 'export it for this one: holdfast plan export <id> <file> --for <name>',
      },
    );
  const plan = await admit(body, by, proposeDeps(app, gate, request));
  app.audit.sealHead();
  return plan;
}

function readText(app: StatefulApp, named: string): string {
  try {
    return readFileSync(resolve(app.surroundings.cwd, named), 'utf8');
  } catch (error) {
    throw new CodedError('PLAN_FILE_INVALID', `the file can't be read (${errorCode(error) ?? String(error)})`, {
      where: named,
      cause: error,
    });
  }
}
