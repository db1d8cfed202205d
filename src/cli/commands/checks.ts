import { openStateless } from '../../app/app.ts';
import { listChecks, showCheck } from '../../app/checks.ts';
import { checkDocument } from '../../documents/check.ts';
import { EXIT, type Door } from '../door.ts';
import { present } from '../present.ts';
import { checkHuman, checksHuman } from '../views/checks-human.ts';

export async function checksList(door: Door): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const checks = await listChecks(app);
  present(door, app, {
    human: () => checksHuman(checks, door.terminal.columns, door.terminal.style),
    json: () => ['checks', { checks: checks.map(checkDocument) }],
    ndjson: () => ['check', checks.map(checkDocument)],
  });
  return EXIT.done;
}

export async function checksShow(door: Door, [id = '']: readonly string[]): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const check = await showCheck(app, id);
  present(door, app, {
    human: () => checkHuman(check, door.terminal.columns, door.terminal.style),
    json: () => ['check', checkDocument(check)],
  });
  return EXIT.done;
}
