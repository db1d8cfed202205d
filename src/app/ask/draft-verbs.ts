import type { JsonObject } from '../../domain/json.ts';

/** What a sentence wants done, before its resource was looked for. */
export interface Wanted {
  readonly action: string;
  /** What the name is looked for among; null: the parameters say it all. */
  readonly kinds: readonly WantedKind[] | null;
  /** As it was written: `billing-worker`, `prod/web`, `deployment/prod/web`. */
  readonly name: string;
  /** `in namespace prod`; null: it was not said. */
  readonly namespace: string | null;
  readonly params: JsonObject;
}

export type WantedKind = 'Deployment' | 'StatefulSet' | 'ReplicaSet' | 'DaemonSet' | 'Pod' | 'Node' | 'CronJob';

export type Understood =
  | { readonly status: 'wanted'; readonly wanted: Wanted }
  /** `not-a-wish`: a question or a refusal; `several`: more than one change; `no-verb`: none that the catalogue has. */
  | { readonly status: 'not-understood'; readonly why: 'not-a-wish' | 'several' | 'no-verb' };

const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const NAME = '([a-z0-9][a-z0-9./_-]{0,252})';
const WORKLOADS: readonly WantedKind[] = ['Deployment', 'StatefulSet', 'ReplicaSet'];
const ROLLED: readonly WantedKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];
const KIND_WORD =
  '(?:(?:the )?(?:deployment|statefulset|daemonset|replicaset|workload|app|service|pods? of|node|pod|cron ?job|unit) )?';

interface Form {
  readonly pattern: RegExp;
  make(groups: readonly string[]): Omit<Wanted, 'namespace'> | null;
}

/** The plain verbs of the catalogue; each is the whole sentence but for the namespace and politeness. */
const FORMS: readonly Form[] = [
  {
    pattern: new RegExp(
      `^scale ${KIND_WORD}${NAME}(?: (?:up|down))? to (\\d{1,4}|${numberWords()})(?: (?:replicas?|pods?|copies|instances?))?$`,
    ),
    make: ([name = '', count = '']) => ({
      action: 'kubernetes/scale-workload',
      kinds: WORKLOADS,
      name,
      params: { replicas: numberOf(count) },
    }),
  },
  {
    pattern: new RegExp(
      `^(?:run|set) (\\d{1,4}|${numberWords()}) (?:replicas?|pods?|copies) (?:of|for) ${KIND_WORD}${NAME}$`,
    ),
    make: ([count = '', name = '']) => ({
      action: 'kubernetes/scale-workload',
      kinds: WORKLOADS,
      name,
      params: { replicas: numberOf(count) },
    }),
  },
  {
    pattern: /^restart (?:the )?(?:unit |service )?([a-zA-Z0-9:_.@\\-]+\.(?:service|socket|timer))$/,
    make: ([unit = '']) => ({ action: 'host/restart-unit', kinds: null, name: unit, params: { unit } }),
  },
  {
    pattern: new RegExp(`^(?:restart|roll out again|redeploy) ${KIND_WORD}${NAME}$`),
    make: ([name = '']) => ({ action: 'kubernetes/restart-rollout', kinds: ROLLED, name, params: {} }),
  },
  {
    pattern: new RegExp(`^set (?:the )?image of ${KIND_WORD}${NAME} container ([a-z0-9-]+) to (\\S+)$`),
    make: ([name = '', container = '', image = '']) => ({
      action: 'kubernetes/set-image',
      kinds: ROLLED,
      name,
      params: { container, image },
    }),
  },
  {
    pattern: new RegExp(`^(?:roll back|rollback|undo) ${KIND_WORD}${NAME} to revision (\\d{1,6})$`),
    make: ([name = '', revision = '']) => ({
      action: 'kubernetes/undo-rollout',
      kinds: ROLLED,
      name,
      params: { revision: Number(revision) },
    }),
  },
  ...(['cordon', 'uncordon', 'drain'] as const).map(
    (verb): Form => ({
      pattern: new RegExp(`^${verb} (?:the )?(?:node )?${NAME}$`),
      make: ([name = '']) => ({ action: `kubernetes/${verb}-node`, kinds: ['Node'], name, params: {} }),
    }),
  ),
  {
    pattern: new RegExp(`^evict (?:the )?(?:pod )?${NAME}$`),
    make: ([name = '']) => ({ action: 'kubernetes/evict-pod', kinds: ['Pod'], name, params: {} }),
  },
  ...(['suspend', 'resume'] as const).map(
    (verb): Form => ({
      pattern: new RegExp(`^${verb} (?:the )?(?:cron ?job )?${NAME}$`),
      make: ([name = '']) => ({ action: `kubernetes/${verb}-cronjob`, kinds: ['CronJob'], name, params: {} }),
    }),
  ),
  {
    pattern: /^(?:prune|clean up) (\/\S+) older than (\d+[smhd])$/,
    make: ([path = '', olderThan = '']) => ({
      action: 'host/prune-directory',
      kinds: null,
      name: path,
      params: { path, olderThan },
    }),
  },
  {
    pattern: /^run (?:the )?command ([a-z0-9-]+)$/,
    make: ([command = '']) => ({ action: 'host/run-command', kinds: null, name: command, params: { command } }),
  },
];

const VERBS =
  /\b(?:scale|restart|redeploy|set|roll ?back|undo|cordon|uncordon|drain|evict|suspend|resume|prune|run|delete|remove|apply|stop|start)\b/g;

/** Reads a wish for one change. A question, a negation, or two changes in one sentence are none. */
export function readWish(written: string): Understood {
  const small = written
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replace(/[.!]+$/, '')
    .replace(/^please /i, '')
    .replace(/,? please$/i, '');
  const lower = small.toLowerCase();
  if (lower.endsWith('?') || /^(?:should|could|can|would|what|why|how|is|are|do|does|did|when|who|which)\b/.test(lower))
    return { status: 'not-understood', why: 'not-a-wish' };
  if (/\b(?:don't|do not|never|not|without|unless|instead|if)\b/.test(lower))
    return { status: 'not-understood', why: 'not-a-wish' };
  const { sentence, namespace } = withoutNamespace(small);
  for (const { pattern, make } of FORMS) {
    // Paths, images and units keep their letters; the rest of a sentence is read in small ones.
    const match = pattern.exec(keepsCase(sentence) ? lowerVerbs(sentence) : sentence.toLowerCase());
    const wanted = match === null ? null : make(match.slice(1));
    if (wanted !== null) return { status: 'wanted', wanted: { ...wanted, namespace } };
  }
  const verbs = new Set(lower.match(VERBS) ?? []);
  return { status: 'not-understood', why: verbs.size > 1 ? 'several' : 'no-verb' };
}

function keepsCase(sentence: string): boolean {
  return /\/|:|\.(?:service|socket|timer)\b/.test(sentence);
}

function lowerVerbs(sentence: string): string {
  return sentence.replace(/^\S+/, (verb) => verb.toLowerCase());
}

function withoutNamespace(sentence: string): { readonly sentence: string; readonly namespace: string | null } {
  const match =
    /^(.*?) in (?:the )?(?:namespace |ns )?([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?: namespace)?(.*)$/i.exec(sentence);
  if (match === null) return { sentence, namespace: null };
  const [, before = '', namespace = '', after = ''] = match;
  return { sentence: `${before}${after}`.trim(), namespace: namespace.toLowerCase() };
}

function numberWords(): string {
  return NUMBERS.join('|');
}

function numberOf(word: string): number {
  const index = NUMBERS.indexOf(word);
  return index >= 0 ? index : Number(word);
}
