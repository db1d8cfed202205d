import { CommanderError, type Command } from 'commander';
import type { Surroundings } from '../app/surroundings.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import type { CommandResult, RunCommand } from '../mcp/tool.ts';
import { commandOf } from './command-of.ts';
import { EXIT, type SharedOptions } from './door.ts';
import { buildProgram, type Act, type CommandName, type Options } from './program.ts';
import { tell } from './tell-error.ts';
import type { Terminal } from './terminal.ts';

/**
 * The commands that only read, each with the options that it may be given: what a client may run. Everything that is not
 * here is refused, a new command and a new option too. Files, configurations and state directories can not be named:
 * a client reads through Holdfast's checks and not through its file arguments.
 */
export const READ_COMMANDS: Readonly<Partial<Record<CommandName, readonly string[]>>> = {
  status: [],
  doctor: [],
  runs: ['limit', 'runbook'],
  'runs show': [],
  findings: ['all', 'failOn', 'failOnUnknown'],
  'findings show': [],
  'findings mute-rule list': [],
  'checks list': [],
  'checks show': [],
  // Without parameters: those choose what is reached. Questions are for holdfast_route_question, which looks at no address either.
  'checks run': ['failOn', 'failOnUnknown'],
  'runbook list': [],
  'runbook show': [],
  'runbook next': ['from', 'count'],
  'actions list': [],
  'actions show': [],
  topology: ['context', 'namespace'],
  cost: ['days', 'by', 'profile'],
  'cost estimate': ['context', 'namespace'],
  'baseline show': [],
  'baseline history': [],
  research: ['scope', 'context', 'failOn', 'failOnUnknown'],
};

/** Runbooks are named, not given as files. */
const NAMES_ONLY: readonly CommandName[] = ['runbook show', 'runbook next'];

const OUTPUT_BYTES = 256 * 1024;
const COLUMNS = 100;

/** Runs read commands in this process, for a client: the same words as on the command line, and no others. */
export function readCommands(surroundings: Surroundings, own: Pick<SharedOptions, 'stateDir' | 'config'>): RunCommand {
  return async (args, signal) => {
    const said = recordingTerminal();
    let exitCode: number = EXIT.done;
    const act: Act = async (name, words, options, shared) => {
      refuseAllBut(name, words, options, shared);
      signal.throwIfAborted();
      const door = { surroundings, terminal: said.terminal, options: { ...shared, ...own } };
      exitCode = await (await commandOf(name))(door, words, withoutModel(name, options));
    };
    const program = buildProgram(surroundings.version, act);
    if (args[0] === 'help' && args.length === 1) return { exitCode, output: listed(program), messages: '' };
    try {
      quiet(program, said.help);
      await program.parseAsync([...args], { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError && TELLS.has(error.code)))
        exitCode = tell(error instanceof CommanderError ? usage(error) : error, said.terminal, args);
    }
    return result(exitCode, said);
  };
}

/** Commander ends with an error when it has shown its help, or the version. */
const TELLS = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version']);

/** The commands that can be run here, each with what it does. */
function listed(program: Command): string {
  const lines = everyCommand(program, []).flatMap(({ name, description }) =>
    Object.hasOwn(READ_COMMANDS, name) ? [`${name.padEnd(26)}${description}\n`] : [],
  );
  return `${lines.join('')}\n["help", "findings"] says more of one.\n`;
}

function everyCommand(
  command: Command,
  above: readonly string[],
): readonly { readonly name: string; readonly description: string }[] {
  return command.commands.flatMap((sub) => {
    const path = [...above, sub.name()];
    return [{ name: path.join(' '), description: sub.description() }, ...everyCommand(sub, path)];
  });
}

function refuseAllBut(name: CommandName, words: readonly string[], options: Options, shared: SharedOptions): void {
  const allowed = READ_COMMANDS[name];
  if (allowed === undefined)
    throw refused(
      `holdfast ${name} is not a command that only reads`,
      `there are: ${Object.keys(READ_COMMANDS).join(', ')}`,
    );
  if (shared.stateDir !== undefined || shared.config !== undefined)
    throw refused('--state-dir and --config can not be given: it is those of this server', null);
  const extra = Object.keys(options).find((key) => !allowed.includes(key) && isGiven(options[key]));
  if (extra !== undefined) throw refused(`holdfast ${name} takes no --${dashed(extra)} here`, null);
  const file = NAMES_ONLY.includes(name) ? words.find((word) => /[/\\]|\.(?:md|ya?ml)$/i.test(word)) : undefined;
  if (file !== undefined) throw refused(`holdfast ${name} takes the name of a runbook here, and no file`, null);
}

/** What commander fills in by itself was not given. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}

/** The client is a model: it is told what the checks say, and no other model is paid, or shown anything, for it. */
function withoutModel(name: CommandName, options: Options): Options {
  return name === 'research' ? { ...options, model: false } : options;
}

function refused(message: string, next: string | null): CodedError {
  return new CodedError('MCP_COMMAND_REFUSED', message, next === null ? {} : { next });
}

function usage(error: CommanderError): CodedError {
  return new CodedError('USAGE', error.message.replace(/^error: /, ''), { next: '["help"] lists the commands' });
}

function dashed(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function quiet(command: Command, help: (text: string) => void): void {
  command.exitOverride();
  command.configureOutput({ writeOut: help, outputError: () => undefined });
  for (const sub of command.commands) quiet(sub, help);
}

interface Recording {
  readonly terminal: Terminal;
  /** Commander's own words: of this program, so there is nothing in them to redact. */
  help(text: string): void;
  output(): string;
  messages(): string;
}

/** A terminal that nobody sits at: what it is told is kept. */
function recordingTerminal(): Recording {
  const out: string[] = [];
  const err: string[] = [];
  const never = new AbortController();
  return {
    terminal: {
      out: (text: Redacted<string>) => void out.push(text),
      err: (text: Redacted<string>) => void err.push(text),
      secret: () => undefined,
      progress: () => undefined,
      columns: COLUMNS,
      watched: false,
      interactive: false,
      leaving: () => ({ signal: never.signal, done: () => undefined }),
      style: (_format, text) => text,
      flushed: async () => undefined,
    },
    help: (text) => void out.push(text),
    output: () => out.join(''),
    messages: () => err.join(''),
  };
}

function result(exitCode: number, said: Recording): CommandResult {
  const output = said.output();
  const bytes = Buffer.byteLength(output);
  return bytes <= OUTPUT_BYTES
    ? { exitCode, output, messages: said.messages() }
    : {
        exitCode,
        output: '',
        messages: `${said.messages()}The output has ${bytes} bytes, and at most ${OUTPUT_BYTES} are sent: ask for less, or call the tool of that name.\n`,
      };
}
