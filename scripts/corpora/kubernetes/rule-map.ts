import type { JsonObject } from '../../../src/domain/json.ts';

/** One of our checks that answers a rule of theirs. */
export interface RuleAnswer {
  /** `kubernetes/posture-workloads` */
  readonly check: `kubernetes/${string}`;
  /** What a runbook would write. */
  readonly params?: JsonObject;
  /** Parameters from the configuration that a case brings along (regolibrary's data.json), over `params`. */
  readonly paramsOf?: (data: JsonObject) => JsonObject;
  /** Which of its findings count: whole discriminators, or their beginnings with a `*` at the end. */
  readonly discriminators: readonly string[];
}

/** Name of their rule (k8sgpt: the analyzer; polaris, kube-linter: the check; regolibrary: the rule) -> our answers. */
export type RuleMap = Readonly<Record<string, readonly RuleAnswer[]>>;

export const KUBERNETES_CORPORA = ['k8sgpt', 'polaris', 'kube-linter', 'regolibrary'] as const;
export type KubernetesCorpus = (typeof KUBERNETES_CORPORA)[number];

/** What one area of checks answers, by corpus. */
export type AreaMap = Partial<Record<KubernetesCorpus, RuleMap>>;

/** Case id -> why it differs for good, by corpus. */
export type AreaDifferences = Partial<Record<KubernetesCorpus, Readonly<Record<string, string>>>>;
