import { healthNetwork as networkDifferences } from './differences/health-network.ts';
import { healthPods as podDifferences } from './differences/health-pods.ts';
import { healthWorkloads as workloadDifferences } from './differences/health-workloads.ts';
import { postureAccess as accessDifferences } from './differences/posture-access.ts';
import { postureWorkloads as hardeningDifferences } from './differences/posture-workloads.ts';
import { healthNetwork } from './map/health-network.ts';
import { healthPods } from './map/health-pods.ts';
import { healthWorkloads } from './map/health-workloads.ts';
import { postureAccess } from './map/posture-access.ts';
import { postureWorkloads } from './map/posture-workloads.ts';
import type { KubernetesCorpus, RuleAnswer } from './rule-map.ts';

const MAPS = [healthPods, healthWorkloads, healthNetwork, postureWorkloads, postureAccess];
const DIFFERENCES = [podDifferences, workloadDifferences, networkDifferences, hardeningDifferences, accessDifferences];

/** All that answers a rule, whichever area says so; empty: nothing does. Two areas may not ask one check differently. */
export function answersTo(corpus: KubernetesCorpus, rule: string): readonly RuleAnswer[] {
  const byArea = MAPS.flatMap((map) => {
    const rules = map[corpus];
    return rules !== undefined && Object.hasOwn(rules, rule) ? [rules[rule] ?? []] : [];
  });
  const checks = byArea.flatMap((answers) => [...new Set(answers.map(({ check }) => check))]);
  const twice = checks.find((check, index) => checks.indexOf(check) !== index);
  if (twice !== undefined) throw new Error(`${corpus}/${rule}: two areas map it to ${twice}`);
  return byArea.flat();
}

/** Why a case differs for good; null: it should not. */
export function reasonOf(corpus: KubernetesCorpus, id: string): string | null {
  for (const differences of DIFFERENCES) {
    const reasons = differences[corpus];
    if (reasons !== undefined && Object.hasOwn(reasons, id)) return reasons[id] ?? null;
  }
  return null;
}
