import { openStateless } from '../../app/app.ts';
import { loadAll, loadFile, placeOf } from '../../app/load-runbooks.ts';
import type { Mistake } from '../../domain/mistake.ts';
import { EXIT, say, type Door } from '../door.ts';
import { present } from '../present.ts';
import { count } from '../views/layout.ts';

/** `holdfast runbook lint [file...]`: 2 when there is an error, 0 when there are warnings only. */
export async function runbookLint(door: Door, paths: readonly string[]): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const named = { files: await Promise.all(paths.map((path) => loadFile(app, path))), mistakes: [] };
  const { files, mistakes: general } = paths.length > 0 ? named : await loadAll(app);
  const mistakes = [...general, ...files.flatMap((file) => file.mistakes)];
  const errors = mistakes.filter(({ level }) => level === 'error').length;
  present(door, app, {
    human: () => mistakes.map((mistake) => line(mistake, door)).join('\n'),
    json: () => ['mistakes', { files: files.map(({ path }) => path), mistakes }],
    ndjson: () => ['mistake', mistakes],
  });
  if (door.options.output === 'human') {
    say(
      door,
      app,
      `${count(files.length, 'runbook')}: ${count(errors, 'error')}, ${count(mistakes.length - errors, 'warning')}.`,
    );
  }
  return errors > 0 ? EXIT.usage : EXIT.done;
}

/** `RUNBOOK_KEY_UNKNOWN  runbooks/a.yaml:3:8  ...`: the form that editors and CI jump to. */
function line(mistake: Mistake, { terminal: { style } }: Door): string {
  const code = style(mistake.level === 'error' ? ['bold', 'red'] : 'yellow', mistake.code);
  const next = mistake.next === null ? '' : `\n  next: ${mistake.next}`;
  return `${code}  ${placeOf(mistake)}  ${mistake.level}: ${mistake.message}${next}`;
}
