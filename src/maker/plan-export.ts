import { canonicalJson } from '../domain/canonical-json.ts';
import { CodedError } from '../domain/coded-error.ts';
import { digestOf, type Digest } from '../domain/digest.ts';
import type { Plan, PlanBody, SealedPlan } from '../domain/plan.ts';
import { intentOf } from './seal.ts';
import { sealedPlanSchema } from './sealed-schema.ts';

/** A plan as a file, to be read by people and carried out elsewhere. It carries no approval. */
export interface PlanExport {
  /** The installation, or the CI job, that it is for. */
  readonly for: string;
  readonly body: PlanBody;
}

/**
 * The text of an export: indented JSON with its keys in canonical order, so that one plan has one text and nothing
 * in it can be read in two ways.
 */
export function writePlanExport(plan: Pick<Plan, 'sealed' | 'digest'>, receiver: string): string {
  return textOf({ schema: 'holdfast/plan-export/v1', for: receiver, digest: plan.digest, plan: plan.sealed });
}

/** Reads an export; PLAN_FILE_INVALID when a byte of it is not as it was written, PLAN_NEWER for a later form. */
export function readPlanExport({ path, text }: { readonly path: string; readonly text: string }): PlanExport {
  const { receiver, digest, sealed } = partsOf(text, path);
  if (digestOf('plan', sealed) !== digest) throw invalid('the digest in it is not that of its plan', path);
  const again = textOf({ schema: 'holdfast/plan-export/v1', for: receiver, digest, plan: sealed });
  if (again !== text) throw invalid('it was reformatted or edited: every byte must be as it was written', path);
  return {
    for: receiver,
    body: { id: sealed.id, bytes: canonicalJson(sealed), digest, sealed, intent: intentOf(sealed) },
  };
}

interface Parts {
  readonly receiver: string;
  readonly digest: Digest;
  readonly sealed: SealedPlan;
}

function partsOf(text: string, path: string): Parts {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw invalid('it is not JSON', path, error);
  }
  if (typeof document !== 'object' || document === null || !('schema' in document) || !('plan' in document))
    throw invalid('it is not an exported plan', path);
  if (document.schema !== 'holdfast/plan-export/v1')
    throw new CodedError('PLAN_NEWER', `its form is ${String(document.schema)}, not holdfast/plan-export/v1`, {
      where: path,
      next: 'use the Holdfast that exported it',
    });
  const plan = sealedPlanSchema.safeParse(document.plan);
  if (!plan.success) {
    const [issue] = plan.error.issues;
    throw invalid(`plan.${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'not a plan'}`, path);
  }
  const receiver = 'for' in document && typeof document.for === 'string' ? document.for : '';
  const digest = 'digest' in document && typeof document.digest === 'string' ? document.digest : '';
  return { receiver, digest: `sha256:${digest.replace(/^sha256:/, '')}`, sealed: plan.data };
}

/** Canonical order, then indented: JSON.parse keeps the order in which keys were written. */
function textOf(document: object): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(document)), null, 2)}\n`;
}

function invalid(what: string, path: string, cause?: unknown): CodedError {
  return new CodedError('PLAN_FILE_INVALID', what, {
    where: path,
    next: 'export it again: holdfast plan export <id> <file>',
    cause,
  });
}
