import type { App } from '../app/app.ts';
import { CodedError } from '../domain/coded-error.ts';
import { print, printDocument, printJson, type Door } from './door.ts';

/** One result in every form it has; a form that is absent is a usage error. */
export interface Presentation {
  human(): string;
  /** The noun of the document, and the document. */
  json(): readonly [noun: string, document: object];
  /** One document a line; the same as `json` when absent. */
  ndjson?(): readonly [noun: string, documents: readonly object[]];
  markdown?(): string;
  junit?(): string;
  /** A SARIF log; an object, so that it is redacted before it is text. */
  sarif?(): object;
  prometheus?(): string;
  dot?(): string;
  mermaid?(): string;
}

/** Prints a result in the form that was asked for with --output. */
export function present(door: Door, app: Pick<App, 'redactor'>, result: Presentation): void {
  const { output } = door.options;
  switch (output) {
    case 'human':
      return print(door, app, result.human());
    case 'json':
      return printDocument(door, app, ...result.json());
    case 'ndjson':
      return printLines(door, app, result);
    case 'markdown':
    case 'junit':
    case 'prometheus':
    case 'dot':
    case 'mermaid': {
      const text = result[output]?.();
      if (text === undefined) throw notThisForm(output);
      return print(door, app, text);
    }
    case 'sarif': {
      const log = result.sarif?.();
      if (log === undefined) throw notThisForm(output);
      return printJson(door, app, log);
    }
    default:
      return output satisfies never;
  }
}

function printLines(door: Door, app: Pick<App, 'redactor'>, result: Presentation): void {
  const [noun, documents] = result.ndjson?.() ?? oneLine(result);
  for (const document of documents) printDocument(door, app, noun, document);
}

function oneLine(result: Presentation): readonly [noun: string, documents: readonly object[]] {
  const [noun, document] = result.json();
  return [noun, [document]];
}

function notThisForm(output: string): CodedError {
  return new CodedError('USAGE', `--output ${output} is not a form of this result`, {
    next: 'use human, json or ndjson',
  });
}
