import { openApp, type StatefulApp } from '../../app/app.ts';
import { acknowledgeFinding, listFindings, muteFinding, showFinding, unmuteFinding } from '../../app/findings.ts';
import { idleWords, muteRulesInShort } from '../../app/mute-rules.ts';
import { latestRuns } from '../../app/runs.ts';
import { findingDocument } from '../../documents/finding.ts';
import { findingHistoryDocument } from '../../documents/finding-history.ts';
import type { Finding } from '../../domain/finding.ts';
import { EXIT, type Door } from '../door.ts';
import { present } from '../present.ts';
import { sarifForm } from '../sarif-form.ts';
import { verdict } from '../verdict.ts';
import { findingHuman, findingsHuman } from '../views/findings-human.ts';
import { picturesOf } from '../views/picture.ts';
import { prometheusText } from '../views/run-prometheus.ts';
import { localTime } from '../views/when.ts';

type Options = Readonly<Record<string, unknown>>;

/** `holdfast findings`: what needs attention, worst first. For programs that watch: with the latest run of each runbook. */
export async function findings(door: Door, _args: readonly string[], options: Options): Promise<number> {
  return withApp(door, async (app) => {
    const list = listFindings(app, { resolved: options['all'] === true });
    const now = door.surroundings.clock.now();
    const documents = list.map((finding) => findingDocument(finding, now));
    const pictures =
      door.options.output === 'sarif' || door.options.output === 'prometheus'
        ? picturesOf(latestRuns(app), list, now)
        : [];
    const sarif = await sarifForm(door, app, pictures);
    const { version } = door.surroundings;
    present(door, app, {
      human: () =>
        findingsHuman(list, idleWords(muteRulesInShort(app)), now, door.terminal.columns, door.terminal.style),
      json: () => ['findings', { findings: documents }],
      ndjson: () => ['finding', documents],
      sarif,
      prometheus: () => prometheusText(pictures, version),
    });
    return verdict({ findings: list, runs: [] }, door.options, now);
  });
}

export async function findingsShow(door: Door, [id = '']: readonly string[]): Promise<number> {
  return withApp(door, (app) => {
    const story = showFinding(app, id);
    const now = door.surroundings.clock.now();
    present(door, app, {
      human: () => findingHuman(story, now, door.terminal.columns, door.terminal.style),
      json: () => ['finding-history', findingHistoryDocument(story.finding, story.history, now)],
    });
    return EXIT.done;
  });
}

export async function findingsMute(door: Door, [id = '']: readonly string[], options: Options): Promise<number> {
  return withApp(door, (app) => {
    const finding = muteFinding(app, id, {
      reason: text(options['reason']) ?? '',
      for: text(options['for']),
      until: text(options['until']),
    });
    return told(
      door,
      app,
      finding,
      `${finding.id} is muted until ${localTime(finding.mute?.until ?? 0)}: ${finding.title}`,
    );
  });
}

export async function findingsUnmute(door: Door, [id = '']: readonly string[]): Promise<number> {
  return withApp(door, (app) => {
    const finding = unmuteFinding(app, id);
    return told(door, app, finding, `${finding.id} is no longer muted: ${finding.title}`);
  });
}

export async function findingsAck(door: Door, [id = '']: readonly string[], options: Options): Promise<number> {
  return withApp(door, (app) => {
    const finding = acknowledgeFinding(app, id, text(options['reason']));
    return told(door, app, finding, `${finding.id} is acknowledged until it changes: ${finding.title}`);
  });
}

async function withApp(door: Door, work: (app: StatefulApp) => number | Promise<number>): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  try {
    return await work(app);
  } finally {
    app.close();
  }
}

function told(door: Door, app: StatefulApp, finding: Finding, sentence: string): number {
  present(door, app, {
    human: () => sentence,
    json: () => ['finding', findingDocument(finding, door.surroundings.clock.now())],
  });
  return EXIT.done;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
