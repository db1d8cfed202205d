import { openApp, openStateless } from '../../app/app.ts';
import { backUpTo, restoreFrom } from '../../app/backup.ts';
import { EXIT, type Door } from '../door.ts';
import { present } from '../present.ts';

export async function backup(door: Door, [file = '']: readonly string[]): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  try {
    const path = await backUpTo(app, file);
    present(door, app, { human: () => `Backed up to ${path}.`, json: () => ['file', { path }] });
    return EXIT.done;
  } finally {
    app.close();
  }
}

/** Opens no database: it may be the very one that is damaged. */
export async function restore(door: Door, [file = '']: readonly string[]): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const { path, kept } = restoreFrom(app, file);
  present(door, app, {
    human: () => `Restored ${path}.${kept === null ? '' : ` What was there is kept as ${kept}.`}`,
    json: () => ['restored', { path, kept }],
  });
  return EXIT.done;
}
