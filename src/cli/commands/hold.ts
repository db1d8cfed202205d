import { hold as setHold, release as endHold } from '../../app/plans.ts';
import { EXIT, type Door } from '../door.ts';
import { present } from '../present.ts';
import { text, type Options } from '../options.ts';
import { withGate } from '../with-gate.ts';

/** `holdfast hold`: nothing is applied until `holdfast release`, by whomever it was authorised. */
export async function hold(door: Door, _args: readonly string[], options: Options): Promise<number> {
  return withGate(door, (app, gate) => {
    setHold(app, gate, text(options['reason']));
    present(door, app, {
      human: () => 'Held: nothing is applied until `holdfast release`. A step that is under way ends.',
      json: () => ['hold', { held: true }],
    });
    return EXIT.done;
  });
}

export async function release(door: Door): Promise<number> {
  return withGate(door, (app, gate) => {
    endHold(app, gate);
    present(door, app, {
      human: () => 'Released: what is authorised is applied again.',
      json: () => ['hold', { held: false }],
    });
    return EXIT.done;
  });
}
