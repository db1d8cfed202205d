import { createRedactor } from '../domain/redaction/redactor.ts';
import { CodedError } from '../domain/coded-error.ts';
import { printable } from '../domain/printable.ts';
import { EXIT } from './door.ts';
import type { Terminal } from './terminal.ts';

/**
 * Says on stderr what went wrong, redacted: a coded error in its form, anything else as INTERNAL
 * with its stack, because it is a bug. Resolves to the exit code.
 */
export function tell(error: unknown, terminal: Terminal, argv: readonly string[]): number {
  const redactor = createRedactor({ key: new Uint8Array(32) });
  const coded = error instanceof CodedError ? error : internal(error);
  terminal.err(redactor.text(wantsJson(argv) ? asJson(coded) : asText(coded, terminal)));
  return coded.code === 'INTERNAL' || /^(?:STORE|AUDIT)_/.test(coded.code) ? EXIT.internal : EXIT.usage;
}

/** The same in one line, for a log; what redacts it is the log. */
export function reason(error: unknown): string {
  if (error instanceof CodedError) return `${error.code}  ${error.message}`;
  return `INTERNAL  ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

function internal(error: unknown): CodedError {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new CodedError('INTERNAL', stack, {
    next: 'this is a bug in Holdfast: please report it with the lines above',
    cause: error,
  });
}

/** The command line may be what is wrong, so it is looked at as it is. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (arg, index) =>
      /^(?:--output=|-o)n?(?:d?json)$/.test(arg) ||
      ((arg === '--output' || arg === '-o') && /^(nd)?json$/.test(argv[index + 1] ?? '')),
  );
}

function asJson({ code, message, where, next }: CodedError): string {
  return `${JSON.stringify({ error: { code, message, where, next } })}\n`;
}

function asText({ code, message, where, next }: CodedError, { style }: Terminal): string {
  const words = message
    .split('\n')
    .map((line) => printable(line))
    .join('\n');
  const head = [style(['bold', 'red'], code), ...(where === null ? [] : [printable(where)]), words].join('  ');
  return next === null ? `${head}\n` : `${head}\n  next: ${printable(next)}\n`;
}
