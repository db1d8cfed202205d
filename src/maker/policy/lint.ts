import type { ActionRef } from '../../domain/action.ts';
import type { ErrorCode } from '../../domain/error-codes.ts';
import { excerpt } from '../../domain/excerpt.ts';
import type { Mistake } from '../../domain/mistake.ts';
import type { Policy, PolicyRule } from '../../domain/policy.ts';
import { suggest } from '../../domain/suggest.ts';
import { covers } from './covers.ts';
import { instantWords } from './instant.ts';
import type { LoadedPolicy } from './load.ts';
import { isAction } from './pattern.ts';
import { runPolicyTests } from './test.ts';

/** What a policy is looked at with. */
export interface LintContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The actions of the catalogue. */
  readonly actions: readonly ActionRef[];
}

const SOON_MS = 30 * 86_400_000;

/**
 * What is allowed in a policy, and yet may not be what was meant. All are warnings: the policy is used as it
 * stands. Expects what `loadPolicy` made; of a file with mistakes there is nothing more to say.
 */
export function lintPolicy({ file, policy, places }: LoadedPolicy, { now, actions }: LintContext): readonly Mistake[] {
  if (policy === null) return [];
  const remark =
    (rule: PolicyRule | null) =>
    (found: Remark): Mistake => ({
      level: 'warning',
      code: found.code,
      message: rule === null ? found.message : `rule "${rule.id}" ${found.message}`,
      where: { file, ...(places.get(rule?.id ?? '') ?? { line: 1, column: 1 }) },
      next: null,
    });
  const ids = actions.map((ref) => ref.slice(0, ref.lastIndexOf('@')));
  const deciding = decidingRules(policy);
  return [
    ...end(policy, now).map(remark(null)),
    ...policy.rules.flatMap((rule) =>
      [
        ...unreachable(policy, rule),
        ...(rule.effect === 'allow' ? wideAllow(policy, rule) : []),
        ...(rule.effect === 'deny' ? wideDeny(rule) : []),
        ...claimsOfNobody(rule),
        ...unknownActions(rule, ids),
        ...(deciding.has(rule.id)
          ? []
          : [{ code: 'POLICY_RULE_UNTESTED' as const, message: 'decides in no test; add one in which it does' }]),
      ].map(remark(rule)),
    ),
  ];
}

interface Remark {
  readonly code: ErrorCode;
  readonly message: string;
}

function decidingRules(policy: Policy): ReadonlySet<string | null | undefined> {
  return new Set(runPolicyTests(policy).results.map(({ got }) => got?.decision.rule));
}

function end({ expiresAt }: Policy, now: number): Remark[] {
  const told = (message: string): Remark[] => [{ code: 'POLICY_EXPIRED', message }];
  if (expiresAt === null) return told('the policy has no end; write "expires:" so that somebody looks at it again');
  if (now > expiresAt)
    return told(`the policy ended at ${instantWords(expiresAt)}: it allows nothing, and what it denies stays denied`);
  return expiresAt - now <= SOON_MS ? told(`the policy ends at ${instantWords(expiresAt)}`) : [];
}

function unreachable({ rules }: Policy, rule: PolicyRule): Remark[] {
  if (rule.effect === 'deny') return [];
  const before = rules.slice(0, rules.indexOf(rule));
  const shadow =
    rules.find((other) => other.effect === 'deny' && covers(other, rule)) ??
    (rule.effect === 'queue' ? rules : before).find(
      (other) => other.effect === 'allow' && other.limits.length === 0 && covers(other, rule),
    );
  if (shadow === undefined) return [];
  return [
    {
      code: 'POLICY_RULE_UNREACHABLE',
      message: `never decides: "${shadow.id}" (${shadow.effect}) holds whenever it does`,
    },
  ];
}

function wideAllow({ rules }: Policy, rule: PolicyRule): Remark[] {
  const { match, bounds, window, limits } = rule;
  const destroying = { ...rule, match: { ...match, destructive: true } };
  const kinds = match.actor?.kind;
  const missing = [
    ...(Object.keys(bounds).length === 0 ? ['bounds'] : []),
    ...(window === null ? ['window'] : []),
    ...(limits.length === 0 ? ['limits'] : []),
  ];
  return [
    ...wide(missing.length > 0, `allows without ${missing.join(', ')}`),
    ...wide(
      match.action?.some((action) => action.includes('*')) ?? true,
      'allows actions by a wildcard, and so those that a later version brings',
    ),
    ...wide(
      match.target?.id === undefined && match.environment === undefined,
      'allows on every target there is; match on "environment" or on "target: { id: … }"',
    ),
    ...wide(kinds === undefined, 'allows whoever asks; match on "actor"'),
    ...wide(
      kinds?.some((kind) => kind === 'model' || kind === 'mcp') ?? false,
      'lets what a model or an MCP client drafted be applied without a person',
    ),
    ...wide(
      kinds?.includes('ci') === true && match.actor?.claims === undefined && match.actor?.name === undefined,
      'allows every CI job; match on "claims" or on the "name" of the runner',
    ),
    ...wide(
      match.destructive === undefined && !rules.some((other) => other.effect === 'deny' && covers(other, destroying)),
      'allows what destroys, too; write "destructive: false" or "destructive: true"',
    ),
  ];
}

/** What is not known holds in a deny, so that one of a field of some actions denies all the others. */
function wideDeny({ match, bounds }: PolicyRule): Remark[] {
  const fields = [
    ...Object.keys(bounds).filter((path) => path.includes('.') && path !== 'cost.monthly'),
    ...Object.keys(match.params ?? {}).map((name) => `params.${name}`),
  ];
  return [
    ...wide(
      match.action === undefined && fields.length > 0,
      `denies every plan that has no ${fields.join(', ')}; match on "action" as well`,
    ),
    ...wide(
      match.runbook !== undefined && match.actor?.kind === undefined,
      'denies everything that no runbook proposed; match on "actor: { kind: runbook }" as well',
    ),
  ];
}

function claimsOfNobody({ effect, match }: PolicyRule): Remark[] {
  const { kind, claims } = match.actor ?? {};
  const isCiOnly = kind?.every((each) => each === 'ci') === true;
  return wide(
    claims !== undefined && !isCiOnly,
    `matches on claims, which only CI has${effect === 'deny' ? ', and so denies everybody else' : ''}; match on "kind: ci" as well`,
  );
}

function wide(isSo: boolean, message: string): Remark[] {
  return isSo ? [{ code: 'POLICY_RULE_WIDE', message }] : [];
}

function unknownActions({ match }: PolicyRule, ids: readonly string[]): Remark[] {
  return [...(match.action ?? []), ...(match.not?.action ?? [])]
    .filter((written) => !ids.some((id) => isAction(id, written) === true))
    .map((written) => {
      const near = suggest(written, ids);
      return {
        code: 'POLICY_ACTION_UNKNOWN',
        message: `is on ${excerpt(written)}, and there is no such action${near === null ? '' : `; did you mean "${near}"?`}`,
      };
    });
}
