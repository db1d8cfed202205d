import { openApp, openStateless } from '../../app/app.ts';
import { backUpTo, restoreFrom } from '../../app/backup.ts';
import { EXIT, print, printDocument, type Door } from '../door.ts';

export async function backup(door: Door, [file = '']: readonly string[]): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  try {
    const path = await backUpTo(app, file);
    if (door.options.output === 'human') print(door, app, `Backed up to ${path}.`);
    else printDocument(door, app, 'file', { path });
    return EXIT.done;
  } finally {
    app.close();
  }
}

/** Opens no database: it may be the very one that is damaged. */
export async function restore(door: Door, [file = '']: readonly string[]): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const { path, kept } = restoreFrom(app, file);
  if (door.options.output === 'human') print(door, app, `Restored ${path}.${kept === null ? '' : ` What was there is kept as ${kept}.`}`);
  else printDocument(door, app, 'restored', { path, kept });
  return EXIT.done;
}
