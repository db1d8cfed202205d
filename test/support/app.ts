import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openApp, type StatefulApp } from '../../src/app/app.ts';
import type { InventoryCatalog } from '../../src/domain/inventory.ts';
import { tempFolder } from './temp.ts';

export interface TestApp {
  readonly app: StatefulApp;
  /** Milliseconds since the epoch; a test moves it. */
  readonly clock: { time: number };
}

/** An app of its own in this process, over an empty state directory; closed with the test. */
export function anApp(inventory: InventoryCatalog): TestApp {
  const folder = tempFolder();
  const clock = { time: Date.UTC(2026, 10, 1) };
  const opened = openApp(
    {
      env: {},
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
  onTestFinished(() => opened.close());
  return { app: { ...opened, inventory }, clock };
}
