import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import type { Surroundings } from '../app/surroundings.ts';
import { CodedError } from '../domain/coded-error.ts';
import { EXIT, type Door } from './door.ts';
import { commandOf } from './command-of.ts';
import { addComplete, buildProgram, type Act } from './program.ts';
import { processTerminal, type Terminal } from './terminal.ts';

const ownTerminal = processTerminal();
for (const stream of [process.stdout, process.stderr]) stream.on('error', leaveOnBrokenPipe);
// Node ends with 13 when nothing is left that could settle the line below, and 13 says that a plan failed.
process.exitCode = EXIT.internal;
const code = await main(ownTerminal);
await ownTerminal.flushed();
// A check that ignores its signal may hold the process open: what is to be said has been said.
process.exit(code);

async function main(terminal: Terminal): Promise<number> {
  let exit: number = EXIT.done;
  const act: Act = async (name, args, options, shared) => {
    const door: Door = { surroundings: await lookAround(), terminal, options: shared };
    exit = await (await commandOf(name))(door, args, options);
  };
  const program = buildProgram(ownVersion(), act);
  addComplete(program, act);
  try {
    everyCommand(program, (command) => {
      command.exitOverride();
      command.configureOutput({ outputError: () => undefined });
    });
    await program.parseAsync(process.argv);
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && (error.exitCode === 0 || isAskedHelp(error))) return EXIT.done;
    const { tell } = await import('./tell-error.ts');
    return tell(error instanceof CommanderError ? usageError(error) : error, terminal, process.argv);
  }
}

function everyCommand(
  command: ReturnType<typeof buildProgram>,
  edit: (command: ReturnType<typeof buildProgram>) => void,
): void {
  edit(command);
  for (const sub of command.commands) everyCommand(sub, edit);
}

/** `holdfast help run`: commander takes the exit code that is set above for a mistake that came before. */
function isAskedHelp({ code: what }: CommanderError): boolean {
  return what === 'commander.help' && process.argv[2] === 'help';
}

/** Commander's own words, without its prefix. */
function usageError(error: CommanderError): CodedError {
  if (error.code === 'commander.help')
    return new CodedError('USAGE', 'that is a group of commands', { next: 'name one of those that are listed above' });
  const [first = '', ...hints] = error.message.replace(/^error: /, '').split('\n');
  return new CodedError('USAGE', first, { next: hints.join(' ').replaceAll(/^\(|\)$/g, '') || 'holdfast --help' });
}

/** `--help` must not wait for what only a command needs. */
async function lookAround(): Promise<Surroundings> {
  const [{ randomBytes }, { homedir, userInfo }] = await Promise.all([import('node:crypto'), import('node:os')]);
  return {
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    user: userName(userInfo),
    platform: process.platform,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    random: (size) => randomBytes(size),
    // As far away from src/cli as from dist/cli.
    program: [process.execPath, fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url))],
    version: ownVersion(),
  };
}

/** An account that the system has no name for (a container's bare uid) is told by its number. */
function userName(userInfo: () => { readonly username: string }): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

function ownVersion(): string {
  const file: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof file === 'object' && file !== null && 'version' in file ? String(file.version) : 'unknown';
}

/** `holdfast findings | head`: the reader has gone, there is nobody left to tell. */
function leaveOnBrokenPipe(error: Error): void {
  if ('code' in error && error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
}
