import { openApp } from '../../app/app.ts';
import { status as lookUpStatus } from '../../app/status.ts';
import { statusDocument } from '../../documents/status.ts';
import { EXIT, type Door } from '../door.ts';
import { present } from '../present.ts';
import { statusHuman } from '../views/status-human.ts';

/** `holdfast status`: what runs, what is next, what waits. */
export async function status(door: Door): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  try {
    const now = await lookUpStatus(app);
    present(door, app, {
      human: () => statusHuman(now, door.surroundings.clock.now(), door.terminal.columns, door.terminal.style),
      json: () => ['status', statusDocument(now)],
    });
    return EXIT.done;
  } finally {
    app.close();
  }
}
