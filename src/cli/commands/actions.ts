import { listActions, showAction, type ActionDescription } from '../../app/actions.ts';
import { openStateless } from '../../app/app.ts';
import { EXIT, type Door } from '../door.ts';
import { present } from '../present.ts';
import { actionHuman, actionsHuman } from '../views/actions-human.ts';

export async function actionsList(door: Door): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const actions = await listActions();
  present(door, app, {
    human: () => actionsHuman(actions, door.terminal.columns, door.terminal.style),
    json: () => ['actions', { actions: actions.map(document) }],
    ndjson: () => ['action', actions.map(document)],
  });
  return EXIT.done;
}

export async function actionsShow(door: Door, [id = '']: readonly string[]): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const action = await showAction(id);
  present(door, app, {
    human: () => actionHuman(action, door.terminal.columns, door.terminal.style),
    json: () => ['action', document(action)],
  });
  return EXIT.done;
}

function document({ action: { id, version, title, description }, params }: ActionDescription): object {
  return { id, version, title, description, params };
}
