import completions from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';
import { checkCatalog } from '../../app/app.ts';
import { CodedError } from '../../domain/coded-error.ts';
import { EXIT, type Door } from '../door.ts';
import { buildProgram } from '../program.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** `holdfast completion bash`: prints the script that makes the shell ask `holdfast complete`. */
export async function completion(_door: Door, [named = '']: readonly string[]): Promise<number> {
  const shell = SHELLS.find((known) => known === named);
  if (shell === undefined) throw new CodedError('USAGE', `"${named}" is not a shell that Holdfast knows`, { next: `one of ${SHELLS.join(', ')}` });
  completions.setup('holdfast', 'holdfast', shell);
  return EXIT.done;
}

/** `holdfast complete -- words...`: what the script asks for at every tab. */
export async function complete(_door: Door, words: readonly string[]): Promise<number> {
  const root = tab(buildProgram('', async () => undefined), { completionCommandName: 'completion-script' });
  for (const name of ['checks show', 'checks run']) {
    root.commands.get(name)?.argument('id', (suggest) => {
      for (const id of checkCatalog.ids) suggest(id, '');
    });
  }
  root.parse([...words]);
  return EXIT.done;
}
