import { openStateless } from '../../app/app.ts';
import { loadAll, loadNamed, placeOf } from '../../app/load-runbooks.ts';
import { EXIT, say, type Door } from '../door.ts';
import { present } from '../present.ts';
import { runbookHuman, runbooksHuman } from '../views/runbook-human.ts';

export async function runbookList(door: Door): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const { files, mistakes } = await loadAll(app);
  for (const mistake of mistakes) say(door, app, `${mistake.code}  ${placeOf(mistake)}  ${mistake.message}`);
  present(door, app, {
    human: () => runbooksHuman(files, door.terminal.style),
    json: () => [
      'runbooks',
      {
        runbooks: files.map((file) => ({
          path: file.path,
          name: file.runbook?.name ?? null,
          usable: file.runbook !== null,
          mistakes: file.mistakes,
        })),
      },
    ],
    ndjson: () => ['runbook', files.flatMap(({ runbook }) => (runbook === null ? [] : [runbook]))],
  });
  return EXIT.done;
}

export async function runbookShow(door: Door, [named = '']: readonly string[]): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const { runbook, mistakes } = await loadNamed(app, named);
  present(door, app, {
    human: () => runbookHuman(runbook, mistakes, door.terminal.columns, door.terminal.style),
    json: () => ['runbook', runbook],
  });
  return EXIT.done;
}
