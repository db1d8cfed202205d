import { openStateless } from '../../app/app.ts';
import { listChecks, showCheck, type CheckDescription } from '../../app/checks.ts';
import { EXIT, print, printDocument, type Door } from '../door.ts';
import { checkHuman, checksHuman } from '../views/checks-human.ts';
import { notThisForm } from './runs.ts';

export async function checksList(door: Door): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const checks = await listChecks(app);
  switch (door.options.output) {
    case 'human':
      print(door, app, checksHuman(checks, door.terminal.columns, door.terminal.style));
      return EXIT.done;
    case 'json':
      printDocument(door, app, 'checks', { checks: checks.map(document) });
      return EXIT.done;
    case 'ndjson':
      for (const check of checks) printDocument(door, app, 'check', document(check));
      return EXIT.done;
    default:
      throw notThisForm(door);
  }
}

export async function checksShow(door: Door, [id = '']: readonly string[]): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const check = await showCheck(app, id);
  switch (door.options.output) {
    case 'human':
      print(door, app, checkHuman(check, door.terminal.columns, door.terminal.style));
      return EXIT.done;
    case 'json':
    case 'ndjson':
      printDocument(door, app, 'check', document(check));
      return EXIT.done;
    default:
      throw notThisForm(door);
  }
}

function document({ check, params }: CheckDescription): object {
  const { id, title, description, standalone, timeoutMs, aliases } = check;
  return { id, title, description, standalone, timeoutMs, aliases: aliases ?? [], params };
}
