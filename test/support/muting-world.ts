import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import * as z from 'zod';
import { openApp, type StatefulApp } from '../../src/app/app.ts';
import type { Registry } from '../../src/app/registry.ts';
import { runRunbook } from '../../src/app/run-runbook.ts';
import { openTelling } from '../../src/app/telling.ts';
import type { Check, Observation } from '../../src/domain/check.ts';
import type { RunReport } from '../../src/domain/run.ts';
import type { Runbook } from '../../src/domain/runbook.ts';
import type { Severity } from '../../src/domain/severity.ts';
import { createNotificationBook } from '../../src/store/notifications.ts';
import { createQueue } from '../../src/store/queue.ts';
import { catalogOf } from './check.ts';
import { tempFolder } from './temp.ts';

/** What the check of this world sees of a mount: a severity, fine, or that it can't look. */
export type Mounts = Readonly<Record<string, Severity | 'fine' | 'hidden'>>;

/**
 * An installation with a clock that is set by hand and a runbook `heartbeat` whose one check, host/disk, sees what a
 * test says; what is told goes to a book that can be read.
 */
export function aMutingWorld(config = '') {
  const folder = tempFolder();
  const time = { now: Date.UTC(2026, 10, 20, 12) };
  writeFileSync(join(folder, 'config.yaml'), config);
  const opened = openApp(
    {
      env: {},
      cwd: folder,
      home: folder,
      user: 'tess',
      platform: 'linux',
      clock: { now: () => time.now, monotonic: () => performance.now() },
      random: (size) => randomBytes(size),
      program: [process.execPath, '/nowhere/holdfast.js'],
      version: '0.0.0',
    },
    { stateDir: join(folder, 'state'), config: join(folder, 'config.yaml') },
  );
  onTestFinished(() => opened.close());
  const looks = { mounts: {} as Mounts };
  const app: StatefulApp = {
    ...opened,
    catalog: catalogOf(diskCheck(() => looks.mounts)),
    readers: { of: async () => ({}) },
  };
  const telling = () =>
    openTelling(app, createQueue(app.database, { clock: app.surroundings.clock }), registry, {
      log: () => undefined,
      terminal: null,
      signal: new AbortController().signal,
    });
  const book = createNotificationBook(app.database);
  return {
    app,
    time,
    telling,
    /** A run half an hour later that sees these, reported and told. */
    async beat(mounts: Mounts): Promise<RunReport> {
      time.now += 1_800_000;
      looks.mounts = mounts;
      const { report } = await runRunbook(app, RUNBOOK, {
        signal: new AbortController().signal,
        onProgress: () => undefined,
        onWait: () => undefined,
      });
      telling().report(report, RUNBOOK);
      return report;
    },
    /** Lines that were told so far, oldest first: `new /data`. */
    told: (): readonly string[] =>
      book
        .latest(100)
        .toReversed()
        .flatMap(({ lines }) => lines.map(({ news, text }) => `${news} ${text}`)),
  };
}

const RUNBOOK: Runbook = {
  name: 'heartbeat',
  form: 'yaml',
  path: '/ops/heartbeat.yaml',
  digest: 'sha256:0',
  schedule: null,
  timezone: null,
  activeHours: null,
  overlap: 'skip',
  catchUpMs: 0,
  timeoutMs: 10_000,
  checks: [{ id: 'host/disk', params: {} }],
  baseline: null,
  agent: null,
  policy: null,
  onFinding: [],
  notify: [],
  instructions: '',
  tasks: [],
};

const registry: Registry = {
  runbooks: () => new Map([[RUNBOOK.name, RUNBOOK]]),
  troubles: () => [],
  folders: () => [],
  refresh: async () => false,
};

function diskCheck(mounts: () => Mounts): Check {
  const severity = z.enum(['critical', 'high', 'medium', 'low', 'info']);
  return {
    id: 'host/disk',
    aliases: ['host/old-disk'],
    title: 'A check of a test',
    keywords: [],
    description: 'Reports what the test says.',
    standalone: true,
    params: z.strictObject({}),
    timeoutMs: 5_000,
    read: async () =>
      Object.entries(mounts()).map(([name, state]): Observation => {
        const of = { resource: `host:abc/mount/${name}`, name };
        return state === 'hidden'
          ? { ...of, status: 'unknown', failure: { code: 'EACCES', message: 'permission denied' } }
          : { ...of, status: 'seen', facts: { state } };
      }),
    judge: ({ name, facts }) => {
      const bad = severity.safeParse(facts['state']);
      if (!bad.success) return [];
      const words = { title: name, why: 'it fills', next: 'look at it', evidence: [] };
      return [{ discriminator: 'space', severity: bad.data, ...words }];
    },
  };
}
