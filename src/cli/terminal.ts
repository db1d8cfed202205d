import type { Key } from 'node:readline';
import { styleText } from 'node:util';
import type { Redacted } from '../domain/redaction/redacted.ts';

type Format = Parameters<typeof styleText>[0];

/** The only way to the terminal: it takes redacted text and nothing else. */
export interface Terminal {
  /** Results. */
  out(text: Redacted<string>): void;
  /** Everything else. */
  err(text: Redacted<string>): void;
  /** A secret that the person at the terminal asked for by name: the one thing that is printed without redaction. */
  secret(text: string): void;
  /** Rewrites one line on stderr while something lasts; empty text clears it. Nothing when stderr is no terminal. */
  progress(text: Redacted<string>): void;
  readonly columns: number;
  /** True when stderr is a terminal. */
  readonly watched: boolean;
  /** True when a person sits at both ends. */
  readonly interactive: boolean;
  /**
   * For what is asked: aborted when the person leaves by Ctrl-D, or standard input ends. An open question would otherwise
   * be a promise that nothing settles, and the process would end without an answer.
   */
  leaving(): { readonly signal: AbortSignal; done(): void };
  readonly style: Style;
  /** Resolves when everything that was written has left the process. */
  flushed(): Promise<void>;
}

/** Colours text, or leaves it as it is (no terminal, NO_COLOR). */
export type Style = (format: Format, text: string) => string;

const NARROWEST = 40;
const UNKNOWN_WIDTH = 80;

export function processTerminal(): Terminal {
  const { stdout, stderr, stdin } = process;
  let progressShown = false;
  const clear = (): void => {
    if (progressShown) stderr.write('\r\u{1b}[2K');
    progressShown = false;
  };
  return {
    out: (text) => {
      clear();
      stdout.write(text);
    },
    err: (text) => {
      clear();
      stderr.write(text);
    },
    secret: (text) => {
      clear();
      stdout.write(text);
    },
    progress: (text) => {
      if (!stderr.isTTY) return;
      clear();
      if (text === '') return;
      stderr.write(text.slice(0, Math.max(NARROWEST, (stderr.columns ?? UNKNOWN_WIDTH) - 1)));
      progressShown = true;
    },
    columns: Math.max(NARROWEST, stdout.columns ?? UNKNOWN_WIDTH),
    watched: stderr.isTTY,
    interactive: stdin.isTTY && stdout.isTTY,
    leaving: () => leavingOf(stdin),
    style: (format, text) => styleText(format, text, { stream: stdout }),
    flushed: async () => {
      await Promise.all([drained(stdout), drained(stderr)]);
    },
  };
}

function leavingOf(stdin: NodeJS.ReadStream): ReturnType<Terminal['leaving']> {
  const controller = new AbortController();
  const leave = (): void => controller.abort();
  const onKey = (_text: string | undefined, key: Key): void => {
    if (key.ctrl === true && key.name === 'd') leave();
  };
  stdin.on('keypress', onKey).on('end', leave).on('close', leave);
  return {
    signal: controller.signal,
    done: () => void stdin.off('keypress', onKey).off('end', leave).off('close', leave),
  };
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}
