import { openApp } from '../../app/app.ts';
import { theOne } from '../../app/the-one.ts';
import { modelCalls } from '../../app/egress.ts';
import { egressDocument } from '../../documents/egress.ts';
import { EXIT, type Door } from '../door.ts';
import { present } from '../present.ts';
import { egressHuman, egressListHuman } from '../views/egress-human.ts';
import type { Options } from '../options.ts';

/** `holdfast egress list`: what left this machine for a model, latest first. */
export async function egressList(door: Door, _args: readonly string[], options: Options): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  try {
    const calls = modelCalls(app).latest({ limit: Number(options['limit']), egressOnly: options['all'] !== true });
    present(door, app, {
      human: () => egressListHuman(calls, door.terminal.style),
      json: () => ['egress-list', { calls: calls.map(egressDocument) }],
    });
    return EXIT.done;
  } finally {
    app.close();
  }
}

/** `holdfast egress show <call>`: byte for byte what was sent. */
export async function egressShow(door: Door, [id = '']: readonly string[]): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  try {
    const call = theOne('model call', id, modelCalls(app).byId(`c-${id.replace(/^c-/i, '').toUpperCase()}`));
    present(door, app, {
      human: () => egressHuman(call, door.terminal.style),
      json: () => ['egress', { ...egressDocument(call), request: call.request }],
    });
    return EXIT.done;
  } finally {
    app.close();
  }
}
