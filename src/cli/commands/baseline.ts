import { openApp, type StatefulApp } from '../../app/app.ts';
import { acceptBaseline, baselineHistory, diffBaseline, showBaseline } from '../../app/baseline.ts';
import {
  baselineAcceptedDocument,
  baselineDiffDocument,
  baselineDocument,
  baselineHistoryDocument,
} from '../../documents/baseline.ts';
import { EXIT, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { present } from '../present.ts';
import { acceptedHuman, baselineHuman, diffHuman, historyHuman } from '../views/baseline-human.ts';

type Options = Readonly<Record<string, unknown>>;

/** `holdfast baseline show`: the facts that were accepted. */
export async function baselineShow(door: Door, [name]: readonly string[]): Promise<number> {
  return withApp(door, async (app) => {
    const shown = showBaseline(app, name ?? null);
    present(door, app, {
      human: () => baselineHuman(shown, door.terminal.style),
      json: () => ['baseline', baselineDocument(shown)],
    });
  });
}

/** Looks now; what it sees is what `accept` takes then. */
export async function baselineDiff(door: Door, [name]: readonly string[]): Promise<number> {
  const interrupt = onInterrupt();
  try {
    return await withApp(door, async (app) => {
      const diff = await diffBaseline(app, name ?? null, interrupt.signal);
      present(door, app, {
        human: () => diffHuman(diff, door.terminal.style),
        json: () => ['baseline-diff', baselineDiffDocument(diff)],
      });
    });
  } catch (error) {
    if (interrupt.signal.aborted) return EXIT.interrupted;
    throw error;
  } finally {
    interrupt.done();
  }
}

export async function baselineAccept(door: Door, [name]: readonly string[], options: Options): Promise<number> {
  return withApp(door, async (app) => {
    const accepted = acceptBaseline(app, name ?? null, {
      only: textsOf(options['only']),
      reason: typeof options['reason'] === 'string' ? options['reason'] : '',
    });
    present(door, app, {
      human: () => acceptedHuman(accepted),
      json: () => ['baseline-accepted', baselineAcceptedDocument(accepted)],
    });
  });
}

export async function baselineHistoryShow(door: Door, [name]: readonly string[]): Promise<number> {
  return withApp(door, async (app) => {
    const history = baselineHistory(app, name ?? null);
    present(door, app, {
      human: () => historyHuman(history, door.terminal.style),
      json: () => ['baseline-history', baselineHistoryDocument(history)],
    });
  });
}

async function withApp(door: Door, work: (app: StatefulApp) => Promise<void>): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  try {
    await work(app);
    return EXIT.done;
  } finally {
    app.close();
  }
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
