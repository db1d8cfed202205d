import type { Evidence, FindingDraft, History } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { isAtLeast, type Severity } from '../../domain/severity.ts';
import { evidenceFrom } from '../evidence.ts';
import { shellQuote } from '../shell-quote.ts';
import { containerSample, type ContainerFacts, type MissingFacts } from './container-facts.ts';
import type { ContainersParams } from './containers-params.ts';

export function judgeContainer(facts: ContainerFacts, params: ContainersParams, history: History): FindingDraft[] {
  return [
    judgeState(facts, history.now),
    judgeRestarts(facts, params, history),
    judgeHealth(facts, history.open.has('health')),
    judgeMemory(facts, history.now),
  ].filter((draft) => draft !== null);
}

export function judgeMissing({ container, engines }: MissingFacts): FindingDraft {
  const where = engines.length === 0 ? 'no container engine is running here' : `there is no such container`;
  return {
    discriminator: 'state',
    severity: 'high',
    evidenceClass: 'missing',
    title: `The container ${container} must run, but ${where}`,
    why: WHY_DOWN,
    next: `See what is there: docker ps -a. Is the name right, and does the engine run (systemctl status docker)?`,
    evidence: evidenceFrom('params.mustRun', ['name', container], ['engines asked', engines]),
  };
}

const WHY_DOWN = 'What the container does for others is not done, and by now nothing starts it again.';

function judgeState(facts: ContainerFacts, now: number): FindingDraft | null {
  const down = howDown(facts);
  if (down === null) return null;
  const since = facts.details?.finishedAt ?? null;
  const ago = since === null || since > now ? '' : `, ${formatDuration(now - since)} ago`;
  return {
    discriminator: 'state',
    severity: 'high',
    evidenceClass: down.class,
    title: `The container ${facts.container} ${down.words}${ago}`,
    why: WHY_DOWN,
    next: `See its last words: ${facts.command} logs --tail 50 ${shellQuote(facts.container)}. Start it again: ${facts.command} start ${shellQuote(facts.container)}`,
    evidence: containerEvidence(facts),
  };
}

interface Down {
  readonly class: 'failed' | 'not-started' | 'not-running' | 'dead';
  readonly words: string;
}

/** Why a container that should run does not; null for one that does, or that nobody expects to. */
function howDown({ state, mustRun, details }: ContainerFacts): Down | null {
  if (details === null || state === 'running' || state === 'restarting' || state === 'removing') return null;
  if (!mustRun && !SHOULD_RUN.has(details.restartPolicy.name)) return null;
  const { exitCode, error, oomKilled, restartPolicy, restartCount } = details;
  if (error !== null) return { class: 'not-started', words: `could not be started: ${error}` };
  if (state === 'dead') return { class: 'dead', words: 'is dead: it could not be removed' };
  const failed = state === 'exited' && exitCode !== null && exitCode !== 0;
  const gaveUp = restartPolicy.maximumRetryCount > 0 && restartCount >= restartPolicy.maximumRetryCount;
  // By its policy the engine starts it again after such an end, unless a person stopped it.
  if (failed && (oomKilled || mustRun || gaveUp || !STOPPED.has(exitCode)))
    return {
      class: 'failed',
      words: `ended with exit code ${exitCode}${oomKilled ? ', killed for want of memory' : ''}`,
    };
  return mustRun ? { class: 'not-running', words: `must run and is ${state}` } : null;
}

/** Policies by which the engine keeps a container running; `no` says nothing of whether it should. */
const SHOULD_RUN: ReadonlySet<string> = new Set(['always', 'unless-stopped', 'on-failure']);

/** SIGINT, SIGKILL and SIGTERM as a shell counts them: what stopping a container gives. */
const STOPPED: ReadonlySet<number> = new Set([130, 137, 143]);

function judgeRestarts(facts: ContainerFacts, params: ContainersParams, history: History): FindingDraft | null {
  if (facts.details === null) return null;
  const before = earlierCount(facts, history);
  const restarts = before === null ? null : Math.max(0, facts.details.restartCount - before.count);
  const severity = restartSeverity(facts.state, restarts, params, history.open.get('restarts') ?? null);
  if (severity === null) return null;
  const often =
    restarts === null || restarts === 0 || before === null
      ? ''
      : `started again ${restarts === 1 ? 'once' : `${restarts} times`} in the last ${formatDuration(history.now - before.at)}`;
  return {
    discriminator: 'restarts',
    severity,
    title:
      facts.state === 'restarting'
        ? `The container ${facts.container} ends again and again${often === '' ? '' : `, ${often}`}`
        : `The container ${facts.container} was ${often}`,
    why: 'A program that keeps ending is down between its starts, and loses what it was doing each time.',
    next: `See its last words: ${facts.command} logs --tail 50 ${shellQuote(facts.container)}`,
    evidence: [
      ...containerEvidence(facts),
      ...evidenceFrom('the look before', ['restarts since', restarts], ['restarts until then', before?.count ?? null]),
    ],
  };
}

/** One that waits between two starts just now has been ending for a while: the wait begins at a tenth of a second and doubles. */
function restartSeverity(
  state: string,
  restarts: number | null,
  params: ContainersParams,
  open: Severity | null,
): Severity | null {
  if (state === 'restarting') return 'high';
  if (restarts === null || restarts === 0) return null;
  if (restarts >= params.restarts * MANY || (open !== null && isAtLeast(open, 'high'))) return 'high';
  return restarts >= params.restarts || open !== null ? 'medium' : null;
}

const MANY = 5;

/** Counted for this very container: one that was made anew counts from nought. */
function earlierCount(
  { id }: ContainerFacts,
  history: History,
): { readonly at: number; readonly count: number } | null {
  for (const sample of history.samples) {
    const values = containerSample.safeParse(sample.values);
    if (values.success) return values.data.id === id ? { at: sample.at, count: values.data.restartCount } : null;
  }
  return null;
}

function judgeHealth(facts: ContainerFacts, isOpen: boolean): FindingDraft | null {
  const health = facts.details?.health ?? null;
  if (facts.state !== 'running' || health === null) return null;
  const notYet = health.status === 'starting' && isOpen;
  if (health.status !== 'unhealthy' && !notYet) return null;
  return {
    discriminator: 'health',
    severity: 'high',
    title: notYet
      ? `The container ${facts.container} was started again and is not healthy yet`
      : `The container ${facts.container} is unhealthy, its health check failed ${health.failingStreak} times in a row`,
    why: 'It runs, but by its own check it does not do what it should; nothing starts it again for that.',
    next: `See what its check says: ${facts.command} inspect -f '{{json .State.Health}}' ${shellQuote(facts.container)}`,
    evidence: containerEvidence(facts),
  };
}

function judgeMemory(facts: ContainerFacts, now: number): FindingDraft | null {
  const { details, state } = facts;
  if (details === null || !details.oomKilled || state === 'removing') return null;
  const isUp = state === 'running' || state === 'paused';
  const isExpected = facts.mustRun || SHOULD_RUN.has(details.restartPolicy.name);
  // A job that ended so long ago is no news, and its container may lie about for ever.
  if (!isUp && !isExpected && (details.finishedAt === null || now - details.finishedAt > DAY_MS)) return null;
  return {
    discriminator: 'memory',
    severity: isUp ? 'medium' : 'high',
    title: isUp
      ? `In the container ${facts.container} a program was killed for want of memory since it was started`
      : `The container ${facts.container} was killed for want of memory`,
    why: 'It needs more memory than it may have, or loses some: it will be killed again.',
    next: `See what it may have and has: ${facts.command} stats --no-stream ${shellQuote(facts.container)}; ${facts.command} inspect -f '{{.HostConfig.Memory}}' ${shellQuote(facts.container)}`,
    evidence: containerEvidence(facts),
  };
}

const DAY_MS = 86_400_000;

function containerEvidence({ details, ...facts }: ContainerFacts): Evidence[] {
  return [
    ...evidenceFrom(
      `GET /containers/json of ${facts.engine} at ${facts.socket}`,
      ['image', facts.image],
      ['state', facts.state],
      ['status', facts.status],
    ),
    ...(details === null
      ? []
      : evidenceFrom(
          `GET /containers/${facts.id.slice(0, 12)}/json of ${facts.engine} at ${facts.socket}`,
          ['exit code', facts.state === 'running' ? null : details.exitCode],
          ['in its own words', details.error],
          ['started', instant(details.startedAt)],
          ['ended', facts.state === 'running' ? null : instant(details.finishedAt)],
          ['restarts by its policy', details.restartCount],
          ['restart policy', details.restartPolicy.name],
          ['health', details.health?.status ?? null],
        )),
  ];
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
