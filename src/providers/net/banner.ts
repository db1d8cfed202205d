import { printableStart } from '../../domain/printable.ts';
import type { Speaker, Move } from './conversation.ts';

export type BannerProtocol = 'smtp' | 'imap' | 'pop3' | 'ssh';

export interface Banner {
  /** Its first line, fit to be shown. */
  readonly greeting: string;
  /** False when the server greets only to say that it takes nobody now (SMTP 4xx/5xx, IMAP BYE, POP3 -ERR). */
  readonly welcomes: boolean;
  /** Whether STARTTLS (POP3: STLS) is offered; null when the protocol has none or the server did not tell. */
  readonly startTls: boolean | null;
}

/**
 * Hears the greeting, asks what the server can do and takes leave, with nothing in between: EHLO
 * (RFC 5321, 3207), CAPABILITY (RFC 9051), CAPA (RFC 2449, 2595); of SSH (RFC 4253) the greeting alone.
 */
export function bannerSpeaker(protocol: BannerProtocol): Speaker<Banner> {
  const dialect = DIALECTS[protocol];
  let banner: Banner | null = null;
  return {
    begin: () => ({ next: 'listen' }),
    hear(heard) {
      const lines = completeLines(heard);
      if (banner !== null) return abilities(dialect, banner, lines);
      const [first] = lines;
      // Told by its first bytes already, so that what never ends a line is not waited for.
      if (!dialect.couldBe.test(firstLine(heard)))
        return {
          next: 'refuse',
          reason: `it greets like no ${protocol.toUpperCase()} server: ${printableStart(firstLine(heard).trimEnd(), 80)}`,
        };
      const last = lines.find((line) => dialect.greetingEnds.test(line));
      if (first === undefined || last === undefined) return { next: 'listen' };
      const greeting = printableStart(protocol === 'ssh' ? last : first, 200);
      banner = { greeting, welcomes: dialect.welcomes.test(last), startTls: null };
      return banner.welcomes && dialect.ask !== null ? say(dialect.ask) : done(dialect, banner);
    },
  };
}

interface Dialect {
  /** What the first line may be, its line feed included once it is there. */
  readonly couldBe: RegExp;
  /** The line that ends the greeting. */
  readonly greetingEnds: RegExp;
  readonly welcomes: RegExp;
  readonly ask: string | null;
  /** The line that ends the list of abilities, and the one that refuses to give it. */
  readonly listEnds: RegExp;
  readonly refused: RegExp;
  readonly startTls: RegExp;
  readonly farewell: string | null;
}

const NEVER = /(?!)/;

const DIALECTS: Readonly<Record<BannerProtocol, Dialect>> = {
  smtp: {
    couldBe: /^(?:\d{0,2}$|\d{3}(?:$|[ \n-]))/,
    greetingEnds: /^\d{3}(?: |$)/,
    welcomes: /^220(?: |$)/,
    // Who has no name of its own gives its address (RFC 5321, 4.1.3).
    ask: 'EHLO [127.0.0.1]\r\n',
    listEnds: /^250(?: |$)/,
    refused: /^[45]\d\d(?: |$)/,
    startTls: /^250[ -]STARTTLS\s*$/i,
    farewell: 'QUIT\r\n',
  },
  imap: {
    couldBe: /^(?:\*?$|\* )/,
    greetingEnds: /^\* /,
    welcomes: /^\* (?:OK|PREAUTH)\b/i,
    ask: 'a1 CAPABILITY\r\n',
    listEnds: /^a1 OK\b/i,
    refused: /^a1 (?:NO|BAD)\b/i,
    startTls: /^\* CAPABILITY (?:.* )?STARTTLS(?: |$)/i,
    farewell: 'a2 LOGOUT\r\n',
  },
  pop3: {
    couldBe: /^(?:$|\+(?:$|O(?:$|K))|-(?:$|E(?:$|R(?:$|R))))/,
    greetingEnds: /^(?:\+OK|-ERR)/,
    welcomes: /^\+OK/,
    ask: 'CAPA\r\n',
    listEnds: /^\.$/,
    refused: /^-ERR/,
    startTls: /^STLS\s*$/i,
    farewell: 'QUIT\r\n',
  },
  ssh: {
    // Lines of other text may come first (RFC 4253, 4.2).
    couldBe: /^[\t\x20-\x7e\x80-\xff]*\n?$/,
    greetingEnds: /^SSH-/,
    welcomes: /^SSH-/,
    ask: null,
    listEnds: NEVER,
    refused: NEVER,
    startTls: NEVER,
    farewell: null,
  },
};

function abilities(dialect: Dialect, banner: Banner, lines: readonly string[]): Move<Banner> {
  if (lines.some((line) => dialect.listEnds.test(line)))
    return done(dialect, { ...banner, startTls: lines.some((line) => dialect.startTls.test(line)) });
  return lines.some((line) => dialect.refused.test(line)) ? done(dialect, banner) : { next: 'listen' };
}

function say(text: string): Move<Banner> {
  return { next: 'say', bytes: Buffer.from(text, 'latin1') };
}

function done(dialect: Dialect, value: Banner): Move<Banner> {
  return { next: 'done', value, ...(dialect.farewell === null ? {} : { farewell: Buffer.from(dialect.farewell) }) };
}

/** Without what is not ended yet. */
function completeLines(heard: Buffer): readonly string[] {
  return heard
    .toString('latin1')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/\r$/, ''));
}

/** As far as it came. */
function firstLine(heard: Buffer): string {
  return (/^[^\n]*\n?/.exec(heard.toString('latin1'))?.[0] ?? '').replace(/\r(?=\n?$)/, '');
}
