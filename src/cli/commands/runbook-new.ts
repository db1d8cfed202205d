import { openStateless } from '../../app/app.ts';
import { writeNewRunbook } from '../../app/new-runbook.ts';
import { EXIT, type Door } from '../door.ts';
import { present } from '../present.ts';

export async function runbookNew(
  door: Door,
  [name = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const form = options['form'] === 'yaml' ? 'yaml' : 'markdown';
  const path = await writeNewRunbook(app, name, form, String(options['dir']));
  present(door, app, {
    human: () => `Wrote ${path}. Edit it, then: holdfast runbook lint ${path} && holdfast run ${path}`,
    json: () => ['file', { path }],
  });
  return EXIT.done;
}
