import { nobodyAnswers } from '../scheduler/question.ts';
import { watch, type FSWatcher } from 'node:fs';
import { createLedger } from '../store/ledger.ts';
import { createNotificationBook } from '../store/notifications.ts';
import { compact } from '../store/retention.ts';
import { carryOut } from '../scheduler/run.ts';
import type { StatefulApp } from './app.ts';
import type { Log } from './log-entry.ts';
import type { Registry } from './registry.ts';
import { selfCatalog, selfRunbook } from './self-check.ts';
import type { Telling } from './telling.ts';

/** What `up` does beside running runbooks. */
export interface Upkeep {
  /** Reloads what changed on disk; what is wrong with it becomes a finding. */
  reload(): Promise<void>;
  /** Tells findings of Holdfast about itself; at start, and whenever runbook files changed. */
  selfCheck(): Promise<void>;
  /** Dead man's switch, and once a day what is too old is forgotten. */
  afterRound(now: number): Promise<void>;
  /** Gives back what reading the runbooks took, when the first round is over; again after every reload. */
  releaseMemory(): void;
  /** Calls `changed` soon after a runbook folder changed; returns how to stop everything that still waits. */
  watch(changed: () => void): () => void;
}

const DAY_MS = 86_400_000;
/** Where folders can't be watched, files are looked at this often. */
const LOOK_AGAIN_MS = 25_000;
/** An editor writes a file in several steps. */
const SETTLE_MS = 300;
/** After reading runbooks comes a round that fires what is due. */
const QUIET_MS = 2_000;

export function openUpkeep(
  app: StatefulApp,
  registry: Registry,
  telling: Telling,
  { log, releaseMemory }: { readonly log: Log; readonly releaseMemory: () => void },
): Upkeep {
  const { clock } = app.surroundings;
  let releasing: NodeJS.Timeout | undefined;
  const releaseSoon = (): void => {
    clearTimeout(releasing);
    releasing = setTimeout(() => {
      app.database.shrinkMemory();
      releaseMemory();
    }, QUIET_MS);
  };
  let compactedAt = 0;
  let looked = clock.monotonic();
  let touched = false;
  const selfCheck = async (): Promise<void> => {
    const { report, unrecorded } = await carryOut(
      selfRunbook(),
      { trigger: 'manual', slot: null },
      {
        catalog: selfCatalog,
        readerOf: async () => registry,
        ledger: createLedger(app.database),
        redactor: app.redactor,
        clock: app.surroundings.clock,
        random: app.surroundings.random,
        // The file is looked at as a whole: once it is right, it is right.
        rules: { resolveAfter: 1 },
        signal: new AbortController().signal,
        answerQuestion: nobodyAnswers,
        onProgress: () => undefined,
      },
    );
    if (unrecorded !== null) throw unrecorded;
    for (const { title, standing } of report.findings) {
      log(
        standing === 'resolved' ? 'info' : 'warning',
        'runbook-file',
        standing === 'resolved' ? `resolved: ${title}` : title,
      );
    }
    telling.report(report, selfRunbook());
  };
  return {
    selfCheck,
    reload: async () => {
      if (!touched && clock.monotonic() - looked < LOOK_AGAIN_MS) return;
      touched = false;
      looked = clock.monotonic();
      if (!(await registry.refresh())) return;
      log('info', 'reload', `runbooks changed, in force: ${registry.runbooks().size}`, {
        runbooks: registry.runbooks().size,
      });
      await selfCheck();
      releaseSoon();
    },
    releaseMemory: releaseSoon,
    afterRound: async (now) => {
      await telling.tick();
      if (now - compactedAt < DAY_MS) return;
      compactedAt = now;
      const before = now - app.config.retention.days * DAY_MS;
      createNotificationBook(app.database).prune(before);
      const gone = await compact(app.database, before, now);
      if (Object.values(gone).some((count) => count > 0))
        log('info', 'compacted', `forgot what is older than ${app.config.retention.days} days`, { ...gone });
    },
    watch: (changed) => {
      let timer: NodeJS.Timeout | null = null;
      const soon = (): void => {
        if (timer !== null) clearTimeout(timer);
        timer = setTimeout(() => {
          touched = true;
          changed();
        }, SETTLE_MS);
      };
      const watchers = registry.folders().flatMap((folder) => watchFolder(folder, soon));
      return () => {
        if (timer !== null) clearTimeout(timer);
        clearTimeout(releasing);
        for (const watcher of watchers) watcher.close();
      };
    },
  };
}

/** A folder that can't be watched (not there, too many watches) is still looked at every round. */
function watchFolder(folder: string, changed: () => void): FSWatcher[] {
  try {
    const watcher = watch(folder, changed);
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}
