import { saysAllIsWell } from '../../agents/investigate/contradiction.ts';
import type { Answer, Exhibit } from '../../domain/answer.ts';
import { SIGNPOSTS } from '../../checks/signposts.ts';
import type { CheckId, Signpost, Together } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import { redactedStart } from '../../domain/redaction/redacted-start.ts';
import type { Redacted } from '../../domain/redaction/redacted.ts';
import type { Runbook } from '../../domain/runbook.ts';
import type { ClusterChoice } from '../../providers/kubernetes/reader.ts';
import type { StatefulApp } from '../app.ts';
import { refuseCheckChoice } from '../client-choice.ts';
import { connectedProviders, namespacesOf, type Connected } from '../connected.ts';
import { changesAnswer } from './changes.ts';
import { asksForNewExposure } from './exposure-question.ts';
import { costQuestionIn } from './cost-question.ts';
import { askedCheck, findingsOf, lookWithAll, wholeRouted, type AskedLook } from './looks.ts';
import { asksModel, type ModelChoice } from './model-choice.ts';
import type { ModelPart } from './model-part.ts';
import { onlyNamed, type OnlyNamed } from './named.ts';
import { LONGEST_QUESTION, readQuestion, type Question } from './question.ts';
import { nearChecks, route, strangeWords, type Routed } from './route.ts';
import { rowsOf, standsForLook } from './rows.ts';
import { createShelf, lookText, type Shelf } from './shelf.ts';

import { judgesCluster, thingsOf } from './things.ts';
import { healthOf } from './verdict.ts';
import { wordsOf } from './words.ts';

export interface AskRequest {
  readonly question: string;
  readonly context: string | undefined;
  readonly namespaces: readonly string[];
  /** Whose checks are looked at, in the place of those that the words lead to; its prose is context. */
  readonly runbook: Runbook | null;
  readonly model: ModelChoice;
  /** Asked by an MCP client, who may not name an address to be looked at (MCP_CHOICE_REFUSED). */
  readonly isOfClient?: true;
  onProgress(words: string): void;
}

/** An answer, and how it came about. */
export interface Asked {
  readonly answer: Answer;
  /** One line for each thing that was done, in order. */
  readonly trace: readonly Redacted<string>[];
}

/**
 * Answers a question about what is live. The words lead to checks, the checks look, and their results are the answer.
 * A model, where there is one, is shown them and may ask for more reads; it adds statements and takes nothing away.
 */
export async function ask(app: StatefulApp, request: AskRequest, signal: AbortSignal): Promise<Asked> {
  const together = { signal };
  const checks = SIGNPOSTS;
  const aboutCost =
    request.runbook === null && request.model.purpose !== 'prose' ? costQuestionIn(request.question) : null;
  if (aboutCost !== null)
    return (await import('./cost-answer.ts')).costAnswer(app, request.question, aboutCost, signal);
  if (request.runbook === null && request.model.purpose !== 'prose' && asksForNewExposure(request.question))
    return (await import('./exposure-answer.ts')).exposureAnswer(app, request.question);
  const { question, connected } = await understood(app, request, checks, together);
  const routed = await routedFor(app, request, question, connected);
  if (request.isOfClient) for (const { check, params } of routed) refuseCheckChoice(check.id, params);
  const shelf = createShelf(app.redactor);
  const progress = (done: number, total: number, looking: string): void =>
    request.onProgress(`${done} of ${total}  ${looking}`);
  const looks = [...(await lookWithAll(app, routed, { signal, together, chosenBy: 'route', onProgress: progress }))];
  for (const look of looks) shelf.put(look.look.check, look.params, lookText(look));
  const kept = routed.length === 0 && question.asksChange ? changesAnswer(app, shelf) : null;
  const model = asksModel(app, request.model);
  const part =
    model === null
      ? null
      : await (
          await import('./model-part.ts')
        ).investigated(app, { request, question, checks, connected, model, shelf, looks, signal, together });
  const isRunbook = request.runbook !== null;
  const cluster = clusterOf(question, request);
  return assembled(app, {
    asked: request.question,
    question,
    connected,
    routed,
    checks,
    looks,
    shelf,
    kept,
    part,
    cluster,
    isRunbook,
    together,
  });
}

function clusterOf(question: Question, { context, namespaces }: AskRequest): ClusterChoice {
  const inQuestion = question.namespace === null ? [] : [question.namespace];
  return {
    context: context ?? question.context ?? undefined,
    namespaces: namespaces.length > 0 ? namespaces : inQuestion,
  };
}

/** A word that is the name of a namespace means it: `is production ok?` */
async function understood(
  app: StatefulApp,
  { question: written, context, namespaces }: AskRequest,
  checks: readonly Signpost[],
  together: Together,
): Promise<{ readonly question: Question; readonly connected: Connected }> {
  const known = new Set(checks.flatMap(({ keywords }) => keywords));
  const read = readQuestion(written);
  const question = { ...read, names: read.names.filter((name) => !known.has(name)) };
  const connected = await connectedProviders(app);
  if (question.namespace !== null || namespaces.length > 0 || !connected.providers.has('kubernetes'))
    return { question, connected };
  const strange = question.words.filter((word) => !known.has(word));
  if (strange.length === 0 || question.url !== null || question.host !== null) return { question, connected };
  const there = await namespacesOf(app, { context: context ?? question.context ?? undefined }, together);
  const namespace = strange.find((word) => there?.includes(word)) ?? null;
  if (namespace === null) return { question, connected };
  return {
    question: {
      ...question,
      namespace,
      words: question.words.filter((word) => word !== namespace),
      names: question.names.filter((name) => name !== namespace),
    },
    connected,
  };
}

/** A runbook's prose is no question of a few words: what it speaks of is not looked up in it, the model asks for it. */
async function routedFor(
  app: StatefulApp,
  request: AskRequest,
  question: Question,
  connected: Connected,
): Promise<readonly Routed[]> {
  if (request.model.purpose === 'prose') return [];
  return request.runbook === null ? routeFor(question, SIGNPOSTS, connected, request) : checksOf(app, request.runbook);
}

function routeFor(
  question: Question,
  checks: readonly Signpost[],
  { providers }: Connected,
  { context, namespaces }: AskRequest,
): readonly Routed[] {
  return route(question, checks, { connected: providers, context, namespaces });
}

async function checksOf(app: StatefulApp, runbook: Runbook): Promise<readonly Routed[]> {
  return Promise.all(runbook.checks.map(async ({ id, params }) => wholeRouted(await app.catalog.load(id), params)));
}

interface Parts {
  /** As it was written, whole. */
  readonly asked: string;
  readonly question: Question;
  readonly connected: Connected;
  readonly routed: readonly Routed[];
  readonly checks: readonly Signpost[];
  /** Those that a model chose stand behind those that the words led to. */
  readonly looks: readonly AskedLook[];
  readonly shelf: Shelf;
  readonly kept: { readonly text: string } | null;
  readonly part: ModelPart | null;
  readonly cluster: ClusterChoice;
  readonly isRunbook: boolean;
  readonly together: Together;
}

async function assembled(app: StatefulApp, parts: Parts): Promise<Asked> {
  const { question, part, shelf } = parts;
  const looks = [...parts.looks, ...(part?.looks ?? [])];
  const strange = isOfPlace(question) || parts.isRunbook ? [] : strangeWords(question, parts.routed);
  const things = parts.isRunbook ? [] : await thingsOf(app, parts.routed, parts.cluster, parts.together);
  const named = onlyNamed([...question.names, ...strange], looks, things ?? []);
  const findings = findingsOf(named.looks);
  const there = countOf(parts, named);
  const exists = await namespaceIsThere(app, parts);
  const isAboutHealth =
    question.asksHealth || parts.routed.some(({ check }) => !question.asksList && check.nightly !== true);
  const unseen = named.unseen.filter((name) => isAboutHealth || question.names.includes(name));
  const judged = healthOf(named.looks, findings, there);
  const isKnown = exists !== false && !question.names.some((name) => unseen.includes(name));
  const healthy = !isAboutHealth || !isKnown || (judged === true && unseen.length > 0) ? null : judged;
  const rows = rowsOf(question, named.looks, named.things, app.redactor);
  const words = app.redactor.text(
    printable(parts.kept?.text ?? wordsOf(question, named.looks, findings, rows, { healthy, there })),
  );
  const answered = part?.investigated ?? null;
  const said = answered?.text ?? null;
  // Where the checks do not know, a model does not know better.
  const isOpen = isAboutHealth && healthy === null && parts.routed.length > 0;
  const isContradicted = (healthy === false || isOpen) && said !== null && saysAllIsWell(said);
  const modelText = isContradicted ? null : said;
  const answer: Answer = {
    question: redactedStart(app.redactor, printable(parts.asked), LONGEST_QUESTION),
    text: modelText ?? words,
    by: modelText === null ? 'checks' : 'model',
    healthy,
    findings,
    rows,
    exhibits: shelf.all(),
    statements: answered?.statements ?? [],
    checks: looks.map(askedCheck),
    about: [],
    notes: notesOf(app, parts, {
      unseen,
      exists,
      isContradicted,
      isEmpty: isAboutHealth && things !== null && there === 0,
    }),
    model: part?.model ?? null,
    failure: answered?.failure ?? null,
    calls: answered?.calls ?? [],
    spent: part?.spent ?? { calls: 0, tokens: 0, usd: 0 },
  };
  return { answer, trace: traceOf(app, looks, shelf.all(), part) };
}

/** How many things there are that the question is about; the cluster itself is none of a namespace. */
function countOf({ routed, looks, cluster, isRunbook }: Parts, named: OnlyNamed): number {
  const isOfNamespace = (cluster.namespaces ?? []).length > 0;
  const ids = new Set<string>(
    named.things.filter(({ namespace }) => !isOfNamespace || namespace !== null).map(({ id }) => id),
  );
  for (const { look, chosenBy } of named.looks)
    if (chosenBy === 'route')
      for (const { resource } of look.resources) if (isRunbook || !standsForLook(resource)) ids.add(resource);
  const isOfCluster = !isOfNamespace && judgesCluster(routed);
  const wasReached = looks.some(({ look }) => look.resources.some(({ resource }) => standsForLook(resource)));
  return ids.size + (isOfCluster && wasReached && named.unseen.length === 0 ? 1 : 0);
}

/** A URL or a host was looked at itself: the other words only say what of it. */
function isOfPlace({ url, host }: Question): boolean {
  return url !== null || host !== null;
}

/** False: the namespace that was named is not there; null: not known, or none was named. */
async function namespaceIsThere(
  app: StatefulApp,
  { question: { namespace }, cluster: { context }, looks, together }: Parts,
): Promise<boolean | null> {
  if (namespace === null || !looks.some(({ params }) => Object.hasOwn(params, 'namespaces'))) return null;
  const there = await namespacesOf(app, { context }, together);
  return there === null ? null : there.includes(namespace);
}

interface Noticed {
  readonly unseen: readonly string[];
  readonly exists: boolean | null;
  readonly isContradicted: boolean;
  /** Nothing that the question is about is there. */
  readonly isEmpty: boolean;
}

function notesOf(
  app: StatefulApp,
  { question, connected, routed, checks, part, kept }: Parts,
  { unseen, exists, isContradicted, isEmpty }: Noticed,
): readonly Redacted<string>[] {
  const near = nearChecks(question, checks);
  const notes = [
    ...(exists === false ? [`There is no namespace "${question.namespace ?? ''}".`] : []),
    ...(isEmpty && routed.length > 0 && exists !== false
      ? ['There is nothing that these checks could judge, so nothing is known to be healthy.']
      : []),
    ...unseen.map((name) => `Nothing called "${name}" was seen by these checks.`),
    ...(routed.length === 0 && kept === null
      ? [
          `The words of this question lead to no check${near.length === 0 ? '' : `; near are ${near.join(', ')}`}. \`holdfast checks list\` shows what can be asked.`,
        ]
      : []),
    ...missingNotes(question, connected, routed.length === 0 ? near : []),
    ...(part === null && kept === null ? ['No model was asked: this is what the checks say.'] : []),
    ...(isContradicted ? ['The model said that all is well. The checks do not say so, and what they say stands.'] : []),
    ...(part?.notes ?? []),
  ];
  return notes.map((note) => app.redactor.text(printable(note)));
}

/** What is not there is worth a word to who asked about everything, or about what only it has. */
function missingNotes({ asksAll }: Question, { missing }: Connected, near: readonly CheckId[]): readonly string[] {
  return missing
    .filter(({ provider }) => asksAll || near.some((id) => id.startsWith(`${provider}/`)))
    .map(({ provider, why }) => `${provider} was not looked at: ${why}.`);
}

function traceOf(
  app: StatefulApp,
  looks: readonly AskedLook[],
  exhibits: readonly Exhibit[],
  part: Parts['part'],
): readonly Redacted<string>[] {
  const lines = [
    ...looks.map(
      ({ look, durationMs, chosenBy, params }) =>
        `${look.check} ${JSON.stringify(params)} ${look.outcome} in ${durationMs} ms, chosen by ${chosenBy === 'route' ? 'the words' : 'the model'}`,
    ),
    ...exhibits.map(({ id, source, text }) => `${id} ${source}: ${Buffer.byteLength(text)} bytes`),
    ...(part?.trace ?? []),
  ];
  return lines.map((line) => app.redactor.text(printable(line)));
}
