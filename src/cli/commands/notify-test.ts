import { openStateless } from '../../app/app.ts';
import { testNotify, type TriedWay } from '../../app/notify-test.ts';
import { formatDuration } from '../../domain/duration.ts';
import { EXIT, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { present } from '../present.ts';
import type { Style } from '../terminal.ts';
import { padEnd, WIDEST, wrap } from '../views/layout.ts';

/** `holdfast notify test [way]`: 0 when every way that was tried delivered, 2 otherwise. */
export async function notifyTest(door: Door, [way]: readonly string[]): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const interrupt = onInterrupt();
  const tried = await testNotify(app, way ?? null, {
    signal: interrupt.signal,
    terminal: (text) => door.terminal.err(text),
  }).finally(interrupt.done);
  present(door, app, {
    human: () => triedHuman(tried, door.terminal.columns, door.terminal.style),
    json: () => ['notify-test', { ways: tried }],
  });
  return tried.every(({ outcome }) => outcome === 'delivered') ? EXIT.done : EXIT.usage;
}

function triedHuman(tried: readonly TriedWay[], columns: number, style: Style): string {
  const width = Math.min(columns, WIDEST);
  const widest = Math.max(0, ...tried.map(({ way }) => way.length)) + 2;
  const indent = 11 + widest;
  return tried
    .map(({ way, outcome, reason, next, tookMs }) => {
      const label = outcome === 'delivered' ? style('green', outcome) : style(['bold', 'red'], outcome);
      const said = outcome === 'delivered' ? `in ${formatDuration(tookMs)}` : (reason ?? '');
      const step = next === null ? '' : `\n${' '.repeat(indent)}${style('dim', wrap(`next: ${next}`, width, indent))}`;
      return `${padEnd(label, 11)}${padEnd(way, widest)}${wrap(said, width, indent)}${step}`;
    })
    .join('\n');
}
