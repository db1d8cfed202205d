import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { checkCatalog, openApp } from '../../../src/app/app.ts';
import { runRunbook } from '../../../src/app/run-runbook.ts';
import type { RunReport } from '../../../src/domain/run.ts';
import type { Runbook } from '../../../src/domain/runbook.ts';
import { loadRunbook } from '../../../src/runbooks/load.ts';
import { sourceOf } from '../runbook-source.ts';
import { tempFolder } from '../temp.ts';
import { NOW } from './world.ts';

export interface Beats {
  /** One run of a shipped runbook, a minute after the last: nothing grows old meanwhile. */
  run(runbook: Runbook): Promise<RunReport>;
  /** Milliseconds since the epoch; a test moves it. */
  readonly clock: { time: number };
  /** Everything that is kept on disk, as text. */
  kept(): string;
}

/** A home of its own whose kubeconfig is this one, at the time of the recordings. */
export function beatsWith(kubeconfig: string): Beats {
  const folder = tempFolder();
  const clock = { time: NOW };
  const app = openApp(
    {
      env: { KUBECONFIG: kubeconfig },
      cwd: folder,
      home: folder,
      user: 'ana',
      platform: process.platform,
      clock: { now: () => clock.time, monotonic: () => performance.now() },
      random: (size) => randomBytes(size),
      program: [process.execPath, '/nowhere/holdfast.js'],
      version: '0.0.0',
    },
    { stateDir: join(folder, 'state'), config: undefined },
  );
  onTestFinished(() => app.close());
  const options = {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onWait: () => undefined,
  };
  const state = join(folder, 'state');
  return {
    clock,
    kept: () =>
      readdirSync(state, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
        .join('\n'),
    run: async (runbook) => {
      const { report } = await runRunbook(app, runbook, options);
      clock.time += 60_000;
      return report;
    },
  };
}

/** A runbook as it ships; the nightly one without this machine, which is not what the test is about. */
export async function shipped(name: 'kubernetes-heartbeat.md' | 'nightly-drift.yaml'): Promise<Runbook> {
  const path = join(import.meta.dirname, '../../../runbooks', name);
  const { runbook, mistakes } = await loadRunbook(sourceOf(readFileSync(path, 'utf8'), name), checkCatalog);
  if (runbook === null) throw new Error(mistakes.map(({ message }) => message).join('; '));
  const { baseline } = runbook;
  return baseline === null
    ? runbook
    : { ...runbook, baseline: { ...baseline, of: baseline.of.filter(({ sources }) => sources !== 'host/*') } };
}

/** What a report says, as a page to be checked by hand: findings worst first, then what could not be looked at. */
export function pageOf({ run, findings }: RunReport): string {
  const short = (resource: string): string => resource.replace(/^kubernetes:[^/]+\//, '');
  const found = findings
    .filter(({ standing }) => standing !== 'resolved')
    .map(
      ({ severity, check, resource, discriminator, title, standing }) =>
        [
          ORDER.indexOf(severity),
          `${severity} ${check} ${short(resource)} ${discriminator}\n    ${standing}: ${title}`,
        ] as const,
    )
    .toSorted(([a, first], [b, second]) => a - b || (first < second ? -1 : 1))
    .map(([, line]) => line);
  const resolved = findings
    .filter(({ standing }) => standing === 'resolved')
    .map(({ check, resource, discriminator }) => `resolved ${check} ${short(resource)} ${discriminator}`);
  const hidden = run.checks.flatMap((check) => [
    ...(check.failure === null ? [] : [`unknown ${check.id}: ${check.failure.code} ${check.failure.message}`]),
    ...check.hidden.map(
      ({ resource, failure }) => `unknown ${check.id} ${short(resource)}: ${failure.code} ${failure.message}`,
    ),
  ]);
  const notes = run.checks.flatMap(({ id, note }) =>
    note === null || note === undefined ? [] : [`note ${id}: ${note}`],
  );
  return `${[...found, ...resolved.toSorted(), ...hidden.toSorted(), ...notes.toSorted()].join('\n')}\n`;
}

const ORDER = ['critical', 'high', 'medium', 'low', 'info'];
