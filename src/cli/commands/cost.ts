import { openApp } from '../../app/app.ts';
import { costQuestion, estimateCost, type CostAnswer } from '../../app/cost.ts';
import { printable } from '../../domain/printable.ts';
import { EXIT, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { present } from '../present.ts';
import { count } from '../views/layout.ts';
import { costWords } from '../views/plan-human.ts';

/** `holdfast cost estimate "2 additional checkout-api pods"` */
export async function costEstimate(
  door: Door,
  [text = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const question = costQuestion(text);
  const app = openApp(door.surroundings, door.options);
  const interrupt = onInterrupt();
  try {
    const context = typeof options['context'] === 'string' ? options['context'] : undefined;
    const namespaces = typeof options['namespace'] === 'string' ? [options['namespace']] : [];
    const answer = await estimateCost(app, { context, namespaces }, question, interrupt.signal);
    present(door, app, { human: () => human(answer), json: () => ['cost-estimate', answer] });
    return EXIT.done;
  } finally {
    interrupt.done();
    app.close();
  }
}

function human({ pods, kind, namespace, name, cost }: CostAnswer): string {
  const what = `${count(Math.abs(pods), 'pod')} ${pods < 0 ? 'fewer' : 'more'} of ${kind} ${namespace}/${name}`;
  return `${printable(what)}: ${costWords(cost)}\n`;
}
