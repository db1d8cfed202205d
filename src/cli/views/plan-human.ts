import { actorWords } from '../../domain/actor.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { CostDelta } from '../../domain/money.ts';
import { shortCode, type Plan, type PlanStatus, type SealedStep, type StepProgress } from '../../domain/plan.ts';
import { printable } from '../../domain/printable.ts';
import { grantWords, type PlanContext } from '../../documents/plan.ts';
import type { Style } from '../terminal.ts';
import { leftRight, padEnd, WIDEST, wrap } from './layout.ts';
import { localTime } from './when.ts';

const INDENT = 13;

type Line = (label: string, text: string, format?: Colour) => string;
type Colour = 'red' | 'yellow' | 'green' | 'bold';

const COLOURS: Readonly<Partial<Record<PlanStatus, Colour>>> = {
  queued: 'yellow',
  authorised: 'green',
  verified: 'green',
  denied: 'red',
  stale: 'red',
  failed: 'red',
  partial: 'red',
  unknown: 'red',
  unverified: 'red',
};

export interface CardOptions extends PlanContext {
  readonly now: number;
  readonly columns: number;
  readonly style: Style;
}

/**
 * The card of a plan, from what was sealed and nothing else: never cut, and what could steer a terminal or look like
 * something else is written out.
 */
export function planCard(plan: Plan, options: CardOptions): string {
  const { sealed } = plan;
  const { style, now } = options;
  const width = Math.min(options.columns, WIDEST);
  const line: Line = (label, text, format) => {
    const shown = wrap(printable(text), width, INDENT);
    return `${padEnd(style('dim', label), INDENT)}${format === undefined ? shown : style(format, shown)}`;
  };
  const rows = (label: string, texts: readonly string[]): readonly string[] =>
    texts.map((text, index) => line(index === 0 ? label : '', text));
  const several = sealed.steps.length > 1;
  return [
    leftRight(`${style('bold', `PLAN ${plan.id}`)}  ${printable(sealed.title)}`, endWords(plan, now), width),
    line('Target', targetWords(plan, options.environment)),
    ...sealed.steps.flatMap((step) => [
      ...(several ? ['', line(`Step ${step.id}`, step.summary)] : []),
      ...stepLines(step, line, rows),
    ]),
    ...(several ? [''] : []),
    line('Cost', costWords(sealed.cost)),
    line('Risk', `${sealed.risk.level}: ${sealed.risk.reasons.join('; ')}`),
    ...(sealed.destructive ? [line('Destroys', 'yes: what is lost can not be had back by undo', 'red')] : []),
    ...(sealed.why === '' ? [] : [line('Why', sealed.why)]),
    line('From', originWords(plan)),
    ...(options.broughtBy === null
      ? []
      : [line('Brought by', `${actorWords(options.broughtBy)}: the line above is what its file says`, 'yellow')]),
    line('Status', statusWords(plan), COLOURS[plan.status]),
    ...progressLines(plan, line),
    line('Digest', plan.digest),
    // Not wrapped: it is there to be copied.
    ...(plan.status === 'queued' ? [`${' '.repeat(INDENT)}${style('bold', approveWith(plan))}`] : []),
    '',
  ].join('\n');
}

/** What an operator types to approve it. */
export function approveWith(plan: Plan): string {
  return `approve with: holdfast plan approve ${plan.id}${plan.sealed.destructive ? ' --allow-destructive' : ''}`;
}

function stepLines(
  step: SealedStep,
  line: Line,
  rows: (label: string, texts: readonly string[]) => readonly string[],
): readonly string[] {
  return [
    line('Action', `${step.action}${paramWords(step.params)}`),
    line('Resource', step.name === step.resource ? step.name : `${step.name} (${step.resource})`),
    ...rows('Now', step.before.identity === null ? ['it is not there'] : pairs(step.before.shown)),
    ...rows('After', pairs(step.after.shown)),
    ...rows('Depends', step.dependents.length === 0 ? ['nothing that could be seen'] : step.dependents),
    line(
      'Undo',
      step.undo.possible ? step.undo.words : `not possible: ${step.undo.words}`,
      step.undo.possible ? undefined : 'yellow',
    ),
    line(
      'Preview',
      step.preview.by === 'server' ? 'tried by the target itself (dry run)' : 'computed; the target was not asked',
    ),
  ];
}

function paramWords(params: JsonObject): string {
  const words = Object.entries(params).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return words.length === 0 ? '' : ` ${words.join(' ')}`;
}

function pairs(shown: JsonObject): readonly string[] {
  const entries = Object.entries(shown);
  return entries.length === 0 ? ['nothing to tell'] : entries.map(([label, value]) => `${label} ${valueWords(value)}`);
}

function valueWords(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `-$62.00 per month (estimated: …)`; what is not known is never nought. */
export function costWords({ amount, currency, basis }: CostDelta): string {
  if (amount === null) return `unknown (${basis})`;
  if (amount === 0) return `none (${basis})`;
  const money = Math.abs(amount).toLocaleString('en-US', { style: 'currency', currency });
  return `${amount < 0 ? '-' : '+'}${money} per month (${basis})`;
}

function targetWords({ sealed: { target } }: Plan, environment: string | null): string {
  const details = Object.entries(target.details).map(([name, value]) => `${name} ${valueWords(value)}`);
  const more = [`id ${target.id}`, ...details, ...(environment === null ? [] : [`environment ${environment}`])];
  return `${target.provider} ${target.name} (${more.join(', ')})`;
}

function originWords({ sealed }: Plan): string {
  const { actor, findings } = sealed.origin;
  const on = findings.length === 0 ? '' : ` on ${findings.join(', ')}`;
  const instead = sealed.supersedes === null ? '' : `, in the place of ${sealed.supersedes}`;
  const reverts = sealed.reverts === null ? '' : `, to undo ${sealed.reverts}`;
  return `${actorWords(actor)}${on}${instead}${reverts}, ${localTime(sealed.createdAt)}`;
}

function endWords(plan: Plan, now: number): string {
  if (plan.status !== 'queued' && plan.status !== 'authorised') return plan.status;
  const left = plan.sealed.expiresAt - now;
  return left <= 0 ? 'expired' : `expires in ${formatDuration(left)}`;
}

/** How it stands, in words; not escaped yet. */
function statusWords(plan: Plan): string {
  const reason = plan.reason === null ? '' : `: ${plan.reason}`;
  switch (plan.status) {
    case 'queued':
      return `queued, waits for you${plan.decision.policy === null && plan.decision.why === '' ? '' : ` (${plan.decision.why})`}`;
    case 'denied':
      return `denied: ${plan.decision.why}`;
    case 'authorised':
      return `authorised by ${grantWords(plan.grant)}, until ${localTime(plan.grant.expiresAt)}`;
    case 'superseded':
      return `superseded by ${plan.by}`;
    case 'rejected':
    case 'withdrawn':
    case 'revoked':
    case 'abandoned':
      return `${plan.status} by ${actorWords(plan.by)}${reason}`;
    case 'stale':
      return `stale${reason}`;
    case 'verified':
      return `verified: applied, and as promised (${grantWords(plan.grant)})`;
    case 'unverified':
      return `unverified: applied, but not as promised`;
    case 'noop':
      return 'nothing to do: it is so already';
    case 'applying':
    case 'applied':
    case 'partial':
    case 'failed':
    case 'unknown':
    case 'expired':
      return `${plan.status}${reason}`;
    default:
      return plan satisfies never;
  }
}

function progressLines(plan: Plan, line: Line): readonly string[] {
  const moved =
    plan.status === 'stale'
      ? plan.moved.map(({ step, path, sealed, now }) => `${step} ${path} was ${sealed}, is ${now}`)
      : [];
  const steps = 'progress' in plan ? plan.progress.map(stepWords) : [];
  const seen = 'seen' in plan ? plan.seen : [];
  return [
    ...moved.map((text, index) => line(index === 0 ? 'Moved' : '', text)),
    ...steps.map((text, index) => line(index === 0 ? 'Steps' : '', text)),
    ...seen.map((text, index) => line(index === 0 ? 'Seen' : '', text)),
  ];
}

function stepWords(progress: StepProgress): string {
  const failure = 'failure' in progress ? `: ${progress.failure.code} ${progress.failure.message}` : '';
  return `${progress.step} ${progress.status === 'intent' ? 'was begun' : progress.status} at ${localTime(progress.at)}${failure}`;
}

/** What came of a plan that was followed: the card was shown before. */
export function planOutcome(plan: Plan, columns: number, style: Style): string {
  const width = Math.min(columns, WIDEST);
  const line: Line = (label, text) => `${padEnd(style('dim', label), INDENT)}${wrap(printable(text), width, INDENT)}`;
  const colour = COLOURS[plan.status];
  const status = printable(`${plan.id} is ${statusWords(plan)}`);
  const isDone = ['applied', 'verified', 'unverified', 'partial'].includes(plan.status);
  const undo =
    isDone && plan.sealed.steps.some((step) => step.undo.possible)
      ? [line('Take back', `holdfast plan undo ${plan.id}`)]
      : [];
  const goOn = plan.status === 'partial' ? [line('Go on', `holdfast plan resume ${plan.id}, or abandon`)] : [];
  return [
    wrap(colour === undefined ? status : style(colour, status), width, 2),
    ...progressLines(plan, line),
    ...goOn,
    ...undo,
    '',
  ].join('\n');
}

/** One line a plan. */
export function plansHuman(plans: readonly Plan[], columns: number, style: Style): string {
  if (plans.length === 0) return 'No plan waits. `holdfast plan list --all` shows those that have ended.\n';
  const width = Math.min(columns, WIDEST);
  const lines = plans.map((plan) => {
    const state = wrap(printable(`${statusWords(plan)} · ${originWords(plan)}`), width, 16);
    return `${padEnd(style('bold', plan.id), 16)}${wrap(printable(plan.sealed.title), width, 16)}\n${' '.repeat(16)}${state}`;
  });
  return `${lines.join('\n')}\n\n\`holdfast plan show <id>\` shows a plan whole.\n`;
}

/** What would change, line by line, as the action previewed it. */
export function planDiff(plan: Plan, style: Style): string {
  return plan.sealed.steps
    .map(({ id, summary, preview: { diff } }) => {
      const lines = diff.map((text) => {
        const shown = printable(text);
        if (shown.startsWith('+')) return style('green', shown);
        return shown.startsWith('-') ? style('red', shown) : shown;
      });
      return [style('bold', `${id}  ${printable(summary)}`), ...(lines.length === 0 ? ['(no lines)'] : lines), ''].join(
        '\n',
      );
    })
    .join('\n');
}

/** What is asked at the terminal, and the answer that approves. */
export function question(plan: Plan): string {
  return plan.sealed.destructive
    ? `This destroys. Type its short code (the first six digits of the digest) to approve it`
    : `Type yes to approve ${shortCode(plan.digest)}`;
}
