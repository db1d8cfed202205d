import type { App } from '../app/app.ts';
import type { Surroundings } from '../app/surroundings.ts';
import type { Severity } from '../domain/severity.ts';
import type { Terminal } from './terminal.ts';

export const OUTPUTS = [
  'human',
  'json',
  'ndjson',
  'markdown',
  'junit',
  'sarif',
  'prometheus',
  'dot',
  'mermaid',
] as const;
export type Output = (typeof OUTPUTS)[number];

/** What every command gets: the world outside, and the options that all commands share. */
export interface Door {
  readonly surroundings: Surroundings;
  readonly terminal: Terminal;
  readonly options: SharedOptions;
}

export interface SharedOptions {
  readonly output: Output;
  readonly quiet: boolean;
  readonly stateDir?: string | undefined;
  readonly config?: string | undefined;
  readonly failOn?: Severity | undefined;
  readonly failOnUnknown: boolean;
}

/** Exit codes of docs/contracts.md that this version can give. */
export const EXIT = {
  done: 0,
  internal: 1,
  usage: 2,
  findings: 3,
  unknown: 4,
  queued: 10,
  denied: 11,
  stale: 12,
  failed: 13,
  partial: 14,
  outcomeUnknown: 15,
  rejected: 16,
  held: 17,
  interrupted: 130,
} as const;

/** Prints a result; the last redaction before the terminal, whatever happened before. */
export function print(door: Door, app: Pick<App, 'redactor'>, text: string): void {
  if (text !== '') door.terminal.out(app.redactor.text(text.endsWith('\n') ? text : `${text}\n`));
}

/** Says something that is not the result: on stderr, and not with --quiet. */
export function say(door: Door, app: Pick<App, 'redactor'>, text: string): void {
  if (!door.options.quiet) door.terminal.err(app.redactor.text(`${text}\n`));
}

/** One document on stdout, as `holdfast/<noun>/v1`. */
export function printDocument(door: Door, app: Pick<App, 'redactor'>, noun: string, document: object): void {
  printJson(door, app, { schema: `holdfast/${noun}/v1`, ...document });
}

/** An object on stdout, its strings redacted one by one: text as a whole would lose its digests. */
export function printJson(door: Door, app: Pick<App, 'redactor'>, document: object): void {
  door.terminal.out(app.redactor.json(document));
  print(door, app, '\n');
}
