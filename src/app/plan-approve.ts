import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CodedError } from '../domain/coded-error.ts';
import { errorCode } from '../domain/failure.ts';
import { shortCode, type Plan } from '../domain/plan.ts';
import { APPROVAL_NAMESPACE, approvalChallenge, approvePlan, auditRefusal, type Yes } from '../maker/approve.ts';

export { approvalChallenge };
import { verifySshSignature, type SshSignatureAnswer } from '../maker/ssh-signature.ts';
import type { StatefulApp } from './app.ts';
import type { Gate } from './gate.ts';
import { operator } from './plans.ts';

export interface ApproveRequest {
  /** As given with --digest; undefined when it was not. */
  readonly digest: string | undefined;
  readonly allowDestructive: boolean;
  /** As given with --code. */
  readonly code: string | undefined;
  /** Path of a signature over the approval's challenge. */
  readonly signature: string | undefined;
}

/** Asks the person at the terminal; null when nobody sits there. `yes` is false for any answer but the right one. */
export type AskOperator = ((plan: Plan) => Promise<{ readonly yes: boolean; readonly code: string | null }>) | null;

/**
 * Approves a plan in one of the ways that count: a typed answer at a terminal, a signature of an allowed signer, or, if
 * the operator set `approvals.allowNonInteractive`, the full digest on the command line. No answer is no.
 */
export async function approve(
  app: StatefulApp,
  gate: Gate,
  plan: Plan,
  request: ApproveRequest,
  ask: AskOperator,
): Promise<Plan> {
  const yes = await yesOf(app, gate, plan, request, ask);
  const approved = approvePlan(gate, plan.id, yes, (authorised) => gate.authorised(authorised));
  app.audit.sealHead();
  return approved;
}

async function yesOf(
  app: StatefulApp,
  gate: Gate,
  plan: Plan,
  request: ApproveRequest,
  ask: AskOperator,
): Promise<Yes> {
  const by = operator(app);
  const refuse = (message: string, next: string): CodedError => {
    const error = new CodedError('APPROVAL_REFUSED', message, { where: plan.id, next });
    auditRefusal(gate, plan.id, by, error);
    app.audit.sealHead();
    return error;
  };
  const common = {
    by,
    digest: request.digest ?? plan.digest,
    allowDestructive: request.allowDestructive,
    validForMs: app.config.approvals.validFor,
  };
  if (request.signature !== undefined) {
    const signed = signatureOver(app, gate, plan, request, request.signature);
    if (signed.status === 'bad') throw refuse(`the signature is not good: ${signed.why}`, HOW_TO_SIGN);
    const signer = { kind: 'operator', name: signed.name } as const;
    return { ...common, by: signer, assurance: 'signature', key: signed.fingerprint, code: null };
  }
  if (ask !== null) {
    // What could only be refused is not asked about: the plan says so itself (approvePlan).
    const answer =
      plan.status !== 'queued' ||
      common.digest !== plan.digest ||
      (plan.sealed.destructive && !request.allowDestructive)
        ? { yes: true, code: null }
        : await ask(plan);
    if (!answer.yes) throw refuse('the answer was not the one that approves', `holdfast plan show ${plan.id}`);
    return { ...common, assurance: 'terminal', key: null, code: answer.code };
  }
  if (!app.config.approvals.allowNonInteractive)
    throw refuse(
      'there is no terminal, and without one an approval needs a signature of an allowed signer',
      HOW_TO_SIGN,
    );
  if (request.digest === undefined)
    throw refuse(
      'without a terminal the full digest must be given',
      'add --digest sha256:…, as the plan card shows it',
    );
  return { ...common, assurance: 'non-interactive', key: null, code: request.code ?? null };
}

const HOW_TO_SIGN =
  'holdfast plan challenge <id> > plan.txt; ssh-keygen -Y sign -f <key> -n holdfast-approval plan.txt; holdfast plan approve <id> --signature plan.txt.sig';

function signatureOver(
  app: StatefulApp,
  gate: Gate,
  plan: Plan,
  request: ApproveRequest,
  file: string,
): SshSignatureAnswer {
  const message = new TextEncoder().encode(approvalChallenge(plan, gate.instance, request.allowDestructive));
  const { signers } = app.config.approvals;
  const armored = readText(app, file);
  if (typeof armored !== 'string') return { status: 'bad', why: `${file} can't be read (${armored.unreadable})` };
  return verifySshSignature({ armored, message, namespace: APPROVAL_NAMESPACE, signers });
}

function readText(app: StatefulApp, named: string): string | { readonly unreadable: string } {
  try {
    return readFileSync(resolve(app.surroundings.cwd, named), 'utf8');
  } catch (error) {
    return { unreadable: errorCode(error) ?? String(error) };
  }
}

/** What is typed to approve a plan: `yes`, or the short code of one that destroys. */
export function rightAnswer(plan: Plan): string {
  return plan.sealed.destructive ? shortCode(plan.digest) : 'yes';
}
