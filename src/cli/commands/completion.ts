import completions from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';
import { checkCatalog, openStateless } from '../../app/app.ts';
import { loadAll } from '../../app/load-runbooks.ts';
import { CodedError } from '../../domain/coded-error.ts';
import { EXIT, type Door } from '../door.ts';
import { buildProgram } from '../program.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** `holdfast completion bash`: prints the script that makes the shell ask `holdfast complete`. */
export async function completion(_door: Door, [named = '']: readonly string[]): Promise<number> {
  const shell = SHELLS.find((known) => known === named);
  if (shell === undefined)
    throw new CodedError('USAGE', `"${named}" is not a shell that Holdfast knows`, {
      next: `one of ${SHELLS.join(', ')}`,
    });
  completions.setup('holdfast', 'holdfast', shell);
  return EXIT.done;
}

/** `holdfast complete -- words...`: what the script asks for at every tab. Nothing is written for it. */
export async function complete(door: Door, words: readonly string[]): Promise<number> {
  const root = tab(
    buildProgram('', async () => undefined),
    { completionCommandName: 'completion-script' },
  );
  const offer = (command: string, argument: string, values: readonly string[]): void => {
    root.commands.get(command)?.argument(argument, (suggest) => {
      for (const value of values) suggest(value, '');
    });
  };
  for (const command of ['checks show', 'checks run']) offer(command, 'id', checkCatalog.ids);
  if (words[0] === 'run' || words[0] === 'runbook') {
    const names = await runbookNames(door);
    offer('run', 'runbook', names);
    offer('runbook show', 'runbook', names);
  }
  root.parse([...words]);
  return EXIT.done;
}

async function runbookNames(door: Door): Promise<readonly string[]> {
  const { files } = await loadAll(openStateless(door.surroundings, door.options));
  return files.flatMap(({ runbook }) => (runbook === null ? [] : [runbook.name]));
}
