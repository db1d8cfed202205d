import type { JsonObject } from './json.ts';

/**
 * Who did, or asked for, something. Only an operator may decide over a plan; a model, a runbook and an
 * MCP client may draft, and withdraw what they drafted.
 */
export type Actor =
  | { readonly kind: 'operator'; readonly name: string }
  | { readonly kind: 'runbook'; readonly name: string; readonly digest: string }
  | {
      readonly kind: 'ci';
      readonly name: string;
      /** Claims of a verified OIDC token; null when there is none and the operator named the runner instead. */
      readonly claims: JsonObject | null;
    }
  | { readonly kind: 'model'; readonly name: string }
  | { readonly kind: 'mcp'; readonly name: string }
  /** Holdfast itself: the applier, the clock that lets a plan expire. */
  | { readonly kind: 'holdfast'; readonly name: string };

export type ActorKind = Actor['kind'];

/** For people: `operator ana@laptop`, `runbook heartbeat`. */
export function actorWords({ kind, name }: Actor): string {
  return kind === 'holdfast' ? `holdfast (${name})` : `${kind} ${name}`;
}
