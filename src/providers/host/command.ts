import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { runProgram, type Ran } from './run-program.ts';

export interface CommandQuestion {
  /** From the operator's configuration, with the parameters put in. */
  readonly argv: readonly string[];
  readonly timeoutMs: number;
}

/** Runs a command of the operator's configuration with as little around it as can be. */
export function runCommand({ argv, timeoutMs }: CommandQuestion, home: string, signal: AbortSignal): Promise<Ran> {
  return runProgram({ argv, env: { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C', HOME: home }, timeoutMs, signal });
}

/** Asks a command that only looks, as the operator declared it: its exit code. */
export async function probeCommand(
  question: CommandQuestion,
  home: string,
  signal: AbortSignal,
): Promise<Looked<number>> {
  const ran = await runCommand(question, home, signal);
  signal.throwIfAborted();
  if (ran.status === 'ended') return seen(ran.exit);
  const program = printable(question.argv[0] ?? '');
  return ran.status === 'not-started'
    ? unknown('PROBE_FAILED', `${program} could not be started (${ran.code}).`)
    : unknown('PROBE_FAILED', `${program} did not end within ${question.timeoutMs / 1_000} s, or was killed.`);
}
