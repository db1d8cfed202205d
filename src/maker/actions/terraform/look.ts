import * as z from 'zod';
import type { ActionContext } from '../../../domain/action.ts';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import {
  originOf,
  type PlanFile,
  type PlanOrigin,
  type TerraformReader,
  type WorkingDir,
} from '../../../providers/terraform/reader.ts';
import type { ApplyParams } from './params.ts';
import { parseShownPlan, type ShownPlan } from './shown-plan.ts';

/** Everything that is read of a saved plan and of where it belongs. */
export interface Looks {
  /** Absolute path of the program. */
  readonly program: string;
  readonly version: string;
  readonly file: PlanFile;
  readonly origin: PlanOrigin;
  readonly dir: WorkingDir;
  readonly plan: ShownPlan;
}

export async function lookAtAll(
  reader: TerraformReader,
  params: ApplyParams,
  { signal }: ActionContext,
): Promise<Looked<Looks>> {
  const place = await lookAtPlace(reader, params);
  if (place.status === 'unknown') return place;
  const program = await reader.find(params.program);
  if (program.status === 'unknown') return program;
  const version = await reader.version(program.value, params.dir, signal);
  if (version.status === 'unknown') return version;
  const number = versionIn(version.value);
  if (number === null) return unknown('VERSION_NOT_UNDERSTOOD', `${program.value} does not say which version it is.`);
  const shown = await reader.show(program.value, params.dir, place.value.file, signal);
  if (shown.status === 'unknown') return shown;
  const plan = parseShownPlan(shown.value);
  if (plan.status === 'unknown') return plan;
  return seen({ ...place.value, program: program.value, version: number, plan: plan.value });
}

export type Where = Pick<Looks, 'file' | 'origin' | 'dir'>;

/**
 * The plan and the directory, read without running anything. The plan says itself which state it is for, and the
 * program follows the plan; a directory that means another is refused, since it is what people look at.
 */
export async function lookAtPlace(reader: TerraformReader, { dir, plan }: ApplyParams): Promise<Looked<Where>> {
  const file = await reader.planFile(dir, plan);
  if (file.status === 'unknown') return file;
  const origin = originOf(file.value);
  if (origin.status === 'unknown') return origin;
  const working = await reader.workingDir(dir);
  if (working.status === 'unknown') return working;
  const [ofPlan, ofDir] = [origin.value, working.value].map(
    ({ backend, workspace }) => `${backend}, workspace ${workspace}`,
  );
  if (ofPlan !== ofDir) {
    return unknown(
      'PLAN_OF_ANOTHER_STATE',
      `The plan is for ${ofPlan}, and the directory is set to ${ofDir}. Select the plan's workspace, or make a new plan.`,
    );
  }
  return seen({ file: file.value, origin: origin.value, dir: working.value });
}

const versionSchema = z.object({ terraform_version: z.string().regex(/^[0-9A-Za-z.+-]{1,64}$/) });

function versionIn(text: string): string | null {
  try {
    const parsed = versionSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.terraform_version : null;
  } catch {
    // No JSON: the caller says so.
    return null;
  }
}
