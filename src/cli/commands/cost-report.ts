import { openApp } from '../../app/app.ts';
import { costReport, costBy, type CostWish } from '../../app/cost-report.ts';
import { CodedError } from '../../domain/coded-error.ts';
import { costDocument } from '../../documents/cost.ts';
import { EXIT, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { present } from '../present.ts';
import { costHuman, costMarkdown } from '../views/cost-human.ts';

/** `holdfast cost --days 14 --by service` */
export async function cost(
  door: Door,
  _args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const wish = wishOf(options);
  const app = openApp(door.surroundings, door.options);
  const interrupt = onInterrupt();
  try {
    const report = await costReport(app, wish, interrupt.signal);
    present(door, app, {
      human: () => costHuman(report, door.terminal.columns),
      json: () => ['cost', costDocument(report)],
      markdown: () => costMarkdown(report),
    });
    return EXIT.done;
  } finally {
    interrupt.done();
    app.close();
  }
}

const DAYS_MOST = 35;

function wishOf(options: Readonly<Record<string, unknown>>): CostWish {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
  const days = Number(text('days') ?? 14);
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MOST)
    throw new CodedError('USAGE', `--days ${text('days') ?? ''} is no whole number from 1 to ${DAYS_MOST}`);
  return { days, by: costBy(text('by') ?? 'service'), profile: text('profile'), from: text('from') };
}
