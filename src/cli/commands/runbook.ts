import { openStateless } from '../../app/app.ts';
import { loadAll, loadNamed, placeOf } from '../../app/load-runbooks.ts';
import type { Runbook } from '../../domain/runbook.ts';
import { EXIT, print, printDocument, say, type Door } from '../door.ts';
import { runbookHuman, runbooksHuman } from '../views/runbook-human.ts';
import { notThisForm } from './runs.ts';

export async function runbookList(door: Door): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const { files, mistakes } = await loadAll(app);
  for (const mistake of mistakes) say(door, app, `${mistake.code}  ${placeOf(mistake)}  ${mistake.message}`);
  switch (door.options.output) {
    case 'human':
      print(door, app, runbooksHuman(files, door.surroundings.cwd, door.terminal.style));
      return EXIT.done;
    case 'json':
      printDocument(door, app, 'runbooks', {
        runbooks: files.map(({ path, runbook, mistakes: inFile }) => ({ path, name: runbook?.name ?? null, usable: runbook !== null, mistakes: inFile })),
      });
      return EXIT.done;
    case 'ndjson':
      for (const { runbook } of files) if (runbook !== null) printDocument(door, app, 'runbook', document(runbook));
      return EXIT.done;
    default:
      throw notThisForm(door);
  }
}

export async function runbookShow(door: Door, [named = '']: readonly string[]): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const { runbook, lint } = await loadNamed(app, named);
  switch (door.options.output) {
    case 'human':
      print(door, app, runbookHuman(runbook, lint, door.terminal.columns, door.terminal.style));
      return EXIT.done;
    case 'json':
    case 'ndjson':
      printDocument(door, app, 'runbook', document(runbook));
      return EXIT.done;
    default:
      throw notThisForm(door);
  }
}

/** The runbook with every default filled in. */
function document(runbook: Runbook): object {
  return { ...runbook };
}
