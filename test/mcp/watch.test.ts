import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { watchResources } from '../../src/mcp/watch.ts';
import { findingsTable } from '../../src/store/findings.ts';
import { runsTable } from '../../src/store/runs.ts';
import { anApp } from '../support/app.ts';
import { inventoryOf } from '../support/fake-inventory.ts';
import { aFinding } from '../support/notify/findings.ts';
import { aRun } from '../support/run.ts';

const EVERY_MS = 1_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
});

function watching() {
  const { app, clock } = anApp(inventoryOf());
  const told = { watched: true, uris: new Array<string>(), troubles: new Array<unknown>() };
  const end = watchResources(
    app,
    { isWatched: () => told.watched, resourceUpdated: (uri) => void told.uris.push(uri) },
    (error) => told.troubles.push(error),
  );
  onTestFinished(end);
  return {
    app,
    told,
    end,
    happened: (name: string): string => {
      const finding = aFinding(name);
      findingsTable(app.database).write(finding);
      findingsTable(app.database).writeEvent({
        key: finding.key,
        at: clock.time,
        run: null,
        kind: 'opened',
        detail: null,
      });
      return finding.id;
    },
    /** What clients are told at the next look. */
    next: (): readonly string[] => {
      vi.advanceTimersByTime(EVERY_MS);
      return told.uris.splice(0);
    },
  };
}

it('who watches is told of the finding and of the list that it is in, once', () => {
  const { happened, next } = watching();
  expect(next()).toEqual([]);
  const id = happened('disk');
  expect(next()).toEqual(['holdfast://findings', `holdfast://findings/${id}`]);
  expect(next()).toEqual([]);
});

it('a run is told by its own address and as the last one', () => {
  const { app, next } = watching();
  next();
  runsTable(app.database).write(aRun({ id: 'r-000000000002' }));
  expect(next()).toEqual(['holdfast://runs/last', 'holdfast://runs/r-000000000002']);
});

it('nobody is told what happened before they watched, nor while nobody did', () => {
  const { happened, next, told } = watching();
  happened('before');
  expect(next()).toEqual([]);
  told.watched = false;
  expect(next()).toEqual([]);
  happened('meanwhile');
  told.watched = true;
  expect(next()).toEqual([]);
  const id = happened('now');
  expect(next()).toContain(`holdfast://findings/${id}`);
});

it('a store that is in trouble for a while is told to the operator, and looked at again', () => {
  const { app, happened, next, told } = watching();
  next();
  app.database.sqlite.exec('ALTER TABLE finding_events RENAME TO gone');
  expect(next()).toEqual([]);
  expect(told.troubles).toHaveLength(1);
  app.database.sqlite.exec('ALTER TABLE gone RENAME TO finding_events');
  const id = happened('disk');
  expect(next()).toContain(`holdfast://findings/${id}`);
});

it('nobody is told anything after its end', () => {
  const { happened, next, end } = watching();
  next();
  happened('disk');
  end();
  expect(next()).toEqual([]);
});
