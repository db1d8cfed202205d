import { diagnose, type Diagnosis } from '../../app/doctor.ts';
import { openRedactor } from '../../app/redactor.ts';
import { EXIT, type Door } from '../door.ts';
import { present } from '../present.ts';
import type { Style } from '../terminal.ts';
import { padEnd, WIDEST, wrap } from '../views/layout.ts';

/** `holdfast doctor`: 0 when nothing is broken, 2 otherwise. */
export async function doctor(door: Door): Promise<number> {
  const app = { redactor: openRedactor(door.surroundings, null) };
  const diagnoses = await diagnose(door.surroundings, door.options);
  present(door, app, {
    human: () => doctorHuman(diagnoses, door.terminal.columns, door.terminal.style),
    json: () => ['doctor', { diagnoses }],
  });
  return diagnoses.some(({ state }) => state === 'broken') ? EXIT.usage : EXIT.done;
}

function doctorHuman(diagnoses: readonly Diagnosis[], columns: number, style: Style): string {
  const width = Math.min(columns, WIDEST);
  return diagnoses
    .map(({ part, state, said, next }) => {
      const label =
        state === 'ok'
          ? style('green', 'ok')
          : state === 'warning'
            ? style('yellow', 'warning')
            : style(['bold', 'red'], 'broken');
      const step = next === null ? '' : `\n${' '.repeat(27)}${style('dim', wrap(`next: ${next}`, width, 27))}`;
      return `${padEnd(label, 9)}${padEnd(part, 18)}${wrap(said, width, 27)}${step}`;
    })
    .join('\n');
}
