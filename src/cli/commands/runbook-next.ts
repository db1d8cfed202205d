import { openStateless } from '../../app/app.ts';
import { loadAll, loadNamed } from '../../app/load-runbooks.ts';
import { nextSlots, parseInstant } from '../../app/next-slots.ts';
import { EXIT, type Door } from '../door.ts';
import { present } from '../present.ts';
import { zonedTime } from '../views/when.ts';
import { table } from '../views/layout.ts';

/** `holdfast runbook next [file]`: when a runbook, or each of them, will run. */
export async function runbookNext(
  door: Door,
  [named]: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const from = typeof options['from'] === 'string' ? parseInstant(options['from']) : door.surroundings.clock.now();
  const count = Number(options['count'] ?? (named === undefined ? 1 : 5));
  const runbooks =
    named === undefined
      ? (await loadAll(app)).files.flatMap(({ runbook }) => runbook ?? [])
      : [(await loadNamed(app, named)).runbook];
  const slots = (
    await Promise.all(
      runbooks.map(async (runbook) =>
        (await nextSlots(runbook, from, count)).map((slot) => ({ ...slot, runbook: runbook.name })),
      ),
    )
  )
    .flat()
    .toSorted((a, b) => a.at - b.at);
  present(door, app, {
    human: () =>
      slots.length === 0
        ? 'Nothing is scheduled.'
        : table(
            slots.map(({ at, zone, active, runbook }) => [
              zonedTime(at, zone),
              zone,
              runbook,
              active ? '' : 'outside its active hours: skipped',
            ]),
          ),
    json: () => [
      'slots',
      {
        slots: slots.map(({ at, zone, active, runbook }) => ({
          runbook,
          at: new Date(at).toISOString(),
          zone,
          active,
        })),
      },
    ],
  });
  return EXIT.done;
}
