import { comparedBaseline } from './baseline-key.ts';
import { basename, extname } from 'node:path';
import type { z } from 'zod';
import type { ActionCatalog } from '../domain/action.ts';
import type { CheckCatalog } from '../domain/check.ts';
import { excerpt, keyed, othersWords } from '../domain/excerpt.ts';
import type { Mistake, Place } from '../domain/mistake.ts';
import { isModelRef, type ModelRef } from '../domain/model.ts';
import type { AgentBrief, Escalation, NotifyTarget, Remediation, Runbook } from '../domain/runbook.ts';
import type { Schedule } from '../domain/schedule.ts';
import { suggest } from '../domain/suggest.ts';
import { parseCron } from '../scheduler/cron.ts';
import { readChecks } from './checks.ts';
import { splitFrontMatter } from './front-matter.ts';
import { readHeartbeat } from './heartbeat-file.ts';
import { inOrder } from './in-order.ts';
import { mistakesFrom, unknownKey } from './issues.ts';
import type { LoadedRunbook } from './loaded-runbook.ts';
import { isJsonObject } from './params-schema.ts';
import type { RunbookSource } from './read.ts';
import { remedyMistakes } from './remedies.ts';
import { DEFAULTS, KEYS, nameTrouble, OTHER_WORDS } from './schema.ts';
import { readYaml } from '../yaml/strict-yaml.ts';
import type { YamlTree } from '../yaml/yaml-tree.ts';
import { YAML_RULES } from './yaml.ts';

/**
 * A file's text as a runbook, or everything that is wrong with it. Never throws for what a person wrote.
 * Markdown with front matter, YAML, or Markdown without front matter in the manner of HEARTBEAT.md. What is proposed
 * is held against `actions`, where they are given.
 */
export async function loadRunbook(
  source: RunbookSource,
  catalog: CheckCatalog,
  actions: ActionCatalog | null = null,
): Promise<LoadedRunbook> {
  const extension = extname(source.path).toLowerCase();
  if (extension === '.yaml' || extension === '.yml')
    return fromYaml(source, catalog, actions, { form: 'yaml', yaml: source.text, firstLine: 1, prose: '' });
  if (extension !== '.md')
    return broken(
      source,
      'RUNBOOK_EXTENSION_UNKNOWN',
      `${excerpt(basename(source.path))} is not a runbook; a runbook is a .md, .yaml or .yml file`,
    );
  const split = splitFrontMatter(source.text);
  switch (split.status) {
    case 'broken':
      return broken(source, 'RUNBOOK_FRONT_MATTER_INVALID', split.message, split.at);
    case 'front-matter':
      return fromYaml(source, catalog, actions, {
        form: 'markdown',
        yaml: split.yaml,
        firstLine: 2,
        prose: split.prose,
      });
    case 'none':
      return readHeartbeat(source);
    default:
      return split satisfies never;
  }
}

function broken(
  source: RunbookSource,
  code: Mistake['code'],
  message: string,
  at: Place = { line: 1, column: 1 },
): LoadedRunbook {
  return {
    runbook: null,
    mistakes: [{ level: 'error', code, message, where: { file: source.path, ...at }, next: null }],
    written: new Map(),
  };
}

interface Written {
  readonly form: 'markdown' | 'yaml';
  readonly yaml: string;
  readonly firstLine: number;
  readonly prose: string;
}

async function fromYaml(
  source: RunbookSource,
  catalog: CheckCatalog,
  actions: ActionCatalog | null,
  from: Written,
): Promise<LoadedRunbook> {
  const { tree, mistakes: complaints } = readYaml(
    { file: source.path, text: from.yaml, firstLine: from.firstLine },
    YAML_RULES,
  );
  if (tree === null) return { runbook: null, mistakes: complaints, written: new Map() };
  const file = new RunbookFile(source.path, tree, from.form);
  file.refuseUnknownKeys();
  const schedule = await file.schedule();
  const { checks, mistakes: aboutChecks } = await readChecks(tree, source.path, catalog);
  const agent = file.value('agent');
  const onFinding = file.remediations(catalog);
  const aboutActions = actions === null ? [] : await remedyMistakes(onFinding, tree, source.path, actions);
  const runbook: Runbook = {
    name: file.value('name') ?? file.nameFromPath(),
    form: from.form,
    path: source.absolutePath,
    digest: source.digest,
    schedule,
    timezone: file.value('timezone') ?? null,
    activeHours: withoutUndefinedDays(file.value('activeHours')),
    overlap: file.value('overlap') ?? DEFAULTS.overlap,
    catchUpMs: file.value('catchUp') ?? DEFAULTS.catchUpMs,
    timeoutMs: file.value('timeout') ?? DEFAULTS.timeoutMs,
    checks,
    baseline: comparedBaseline(file.value('baseline')),
    agent: agent === undefined ? null : agentBrief(agent),
    policy: file.value('policy') ?? null,
    onFinding,
    notify: (file.value('notify') ?? []) satisfies readonly NotifyTarget[],
    instructions: from.form === 'markdown' ? from.prose : (file.value('instructions') ?? ''),
    tasks: [],
  };
  const all = inOrder([...file.mistakes, ...aboutChecks, ...aboutActions]);
  const usable = all.every((mistake) => mistake.level !== 'error');
  // Looking at nothing is worth a word about a sound file; beside errors ("chekcs:") it is their echo.
  const mistakes = all.filter((mistake) => usable || mistake.code !== 'RUNBOOK_NO_CHECKS');
  const written = new Map(Object.keys(tree.value).map((key) => [key, tree.keyAt([key])]));
  return { runbook: usable ? runbook : null, mistakes, written };
}

type Key = keyof typeof KEYS;
type ValueOf<K extends Key> = z.output<(typeof KEYS)[K]>;

/** KEYS once more, in a type that an index of any key can be followed through. */
const SCHEMAS: { readonly [K in Key]: z.ZodType<ValueOf<K>> } = KEYS;

/** The keys of one file, each judged by itself so that one mistake does not hide the next. */
class RunbookFile {
  readonly mistakes: Mistake[] = [];
  readonly #path: string;
  readonly #tree: YamlTree;
  readonly #form: Written['form'];

  constructor(path: string, tree: YamlTree, form: Written['form']) {
    this.#path = path;
    this.#tree = tree;
    this.#form = form;
  }

  refuseUnknownKeys(): void {
    const known = Object.keys(KEYS).filter((key) => key !== 'instructions' || this.#form === 'yaml');
    for (const key of Object.keys(this.#tree.value)) {
      if (known.includes(key)) continue;
      if (key === 'instructions')
        this.#tell(
          'RUNBOOK_KEY_UNKNOWN',
          this.#tree.keyAt([key]),
          'in Markdown the prose stands below the front matter, not under "instructions"',
        );
      else
        this.mistakes.push({
          ...unknownKey(key, known, {
            file: this.#path,
            tree: this.#tree,
            path: [],
            otherWords: OTHER_WORDS,
            subject: '',
          }),
          next: this.#wayToBare(),
        });
    }
  }

  /** The value of a key that was written and is right. */
  value<K extends Key>(key: K): ValueOf<K> | undefined {
    const written = this.#tree.value[key];
    if (written === undefined) return undefined;
    const judged = SCHEMAS[key].safeParse(written);
    if (judged.success) return judged.data;
    this.mistakes.push(
      ...mistakesFrom(judged.error.issues, {
        file: this.#path,
        tree: this.#tree,
        path: [key],
        code: 'RUNBOOK_VALUE_INVALID',
        subject: '',
        keysAt: (path) => KEYS_INSIDE[[key, ...path.filter((step) => typeof step === 'string')].join('.')] ?? [],
        otherWords: OTHER_WORDS,
      }),
    );
    return undefined;
  }

  nameFromPath(): string {
    const name = basename(this.#path, extname(this.#path));
    const trouble = nameTrouble(name);
    if (trouble !== null)
      this.#tell(
        'RUNBOOK_NAME_INVALID',
        { line: 1, column: 1 },
        `the file's own name gives no name: ${trouble}; write "name:"`,
      );
    return name;
  }

  async schedule(): Promise<Schedule | null> {
    const everyMs = this.value('every');
    const expression = this.value('cron');
    if (this.#tree.value['every'] !== undefined && this.#tree.value['cron'] !== undefined) {
      this.#tell(
        'RUNBOOK_SCHEDULE_INVALID',
        this.#tree.keyAt(['cron']),
        'both "every" and "cron" are written; keep one',
      );
    }
    if (expression !== undefined) {
      // Whether an expression is one does not depend on the zone; the scheduler evaluates it in the runbook's.
      const cron = await parseCron(expression, 'UTC');
      if (cron.status === 'invalid')
        this.#tell(
          'RUNBOOK_SCHEDULE_INVALID',
          this.#tree.valueAt(['cron']),
          `${keyed('cron', expression)} ${othersWords(cron.reason)}`,
        );
      return { kind: 'cron', expression: expression.trim() };
    }
    return everyMs === undefined ? null : { kind: 'every', everyMs };
  }

  remediations(catalog: CheckCatalog): Remediation[] {
    return (this.value('onFinding') ?? []).flatMap((entry, index) => {
      const check = catalog.ids.find((id) => id === entry.check);
      if (check === undefined) {
        const near = suggest(entry.check, catalog.ids);
        this.#tell(
          'RUNBOOK_CHECK_UNKNOWN',
          this.#tree.valueAt(['onFinding', index, 'check']),
          `there is no check ${excerpt(entry.check)}${near === null ? '' : `; did you mean ${near}?`}`,
        );
        return [];
      }
      const parameters = entry.with ?? {};
      return isJsonObject(parameters)
        ? [{ check, minSeverity: entry.minSeverity, propose: entry.propose, with: parameters }]
        : [];
    });
  }

  /** Someone else's front matter in a HEARTBEAT.md (a title, a summary) is not ours to ignore, but easy to take out. */
  #wayToBare(): string | null {
    return basename(this.#path) === 'HEARTBEAT.md'
      ? 'take out the block between the two --- lines to have the file read as a bare HEARTBEAT.md'
      : null;
  }

  #tell(code: Mistake['code'], place: Place, message: string): void {
    this.mistakes.push({ level: 'error', code, message, where: { file: this.#path, ...place }, next: null });
  }
}

/** The keys of the maps inside a runbook, for did-you-mean. */
const KEYS_INSIDE: Readonly<Record<string, readonly string[]>> = {
  activeHours: ['from', 'to', 'days'],
  agent: ['model', 'escalate', 'when', 'mayPropose', 'budget'],
  'agent.escalate': ['model', 'severity', 'disagreement', 'failed'],
  'agent.budget': ['calls', 'tokens', 'usdPerDay'],
  onFinding: ['check', 'minSeverity', 'propose', 'with'],
};

function withoutUndefinedDays(hours: ValueOf<'activeHours'> | undefined): Runbook['activeHours'] {
  if (hours === undefined) return null;
  const { from, to, days } = hours;
  return days === undefined ? { from, to } : { from, to, days };
}

function agentBrief(agent: ValueOf<'agent'>): AgentBrief {
  const { calls, tokens, usdPerDay } = agent.budget ?? {};
  return {
    model: agent.model === undefined ? null : asModel(agent.model),
    escalate: agent.escalate === undefined ? null : escalation(agent.escalate),
    when: agent.when ?? 'new',
    mayPropose: agent.mayPropose ?? [],
    budget: { calls: calls ?? null, tokens: tokens ?? null, usdPerDay: usdPerDay ?? null },
  };
}

/** A model alone is asked for every reason that there is. */
function escalation(written: NonNullable<ValueOf<'agent'>['escalate']>): Escalation {
  const { model, severity, disagreement, failed } = typeof written === 'string' ? { model: written } : written;
  return {
    model: model === undefined ? null : asModel(model),
    severity: severity ?? 'critical',
    disagreement: disagreement ?? true,
    failed: failed ?? true,
  };
}

/** The schema has judged it before. */
function asModel(text: string): ModelRef {
  if (!isModelRef(text)) throw new Error(`not a model: ${text}`);
  return text;
}
