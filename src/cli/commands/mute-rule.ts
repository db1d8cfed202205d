import { openApp, type StatefulApp } from '../../app/app.ts';
import { addMuteRule, listMuteRules, removeMuteRule } from '../../app/mute-rules.ts';
import { UP_TO_UNLESS_SAID } from '../../domain/mute-rule.ts';
import { SEVERITIES } from '../../domain/severity.ts';
import { muteRuleDocument } from '../../documents/mute-rule.ts';
import { EXIT, say, type Door } from '../door.ts';
import { present } from '../present.ts';
import { muteRuleAdded, muteRuleRemoved, muteRulesHuman } from '../views/mute-rules-human.ts';

type Options = Readonly<Record<string, unknown>>;

export async function muteRuleAdd(door: Door, _args: readonly string[], options: Options): Promise<number> {
  return withApp(door, (app) => {
    const { added, doubt } = addMuteRule(app, {
      check: text(options['check']),
      resource: text(options['resource']),
      runbook: text(options['runbook']),
      environment: text(options['environment']),
      upTo: SEVERITIES.find((severity) => severity === options['upTo']) ?? UP_TO_UNLESS_SAID,
      reason: text(options['reason']) ?? '',
      for: text(options['for']),
      until: text(options['until']),
    });
    if (doubt !== null) say(door, app, doubt);
    present(door, app, {
      human: () => muteRuleAdded(added),
      json: () => ['mute-rule', muteRuleDocument(added)],
    });
    return EXIT.done;
  });
}

export async function muteRuleList(door: Door): Promise<number> {
  return withApp(door, (app) => {
    const rules = listMuteRules(app);
    const documents = rules.map(muteRuleDocument);
    const now = door.surroundings.clock.now();
    present(door, app, {
      human: () => muteRulesHuman(rules, now, door.terminal.columns, door.terminal.style),
      json: () => ['mute-rules', { rules: documents }],
      ndjson: () => ['mute-rule', documents],
    });
    return EXIT.done;
  });
}

export async function muteRuleRemove(door: Door, [id = '']: readonly string[]): Promise<number> {
  return withApp(door, (app) => {
    const removed = removeMuteRule(app, id);
    present(door, app, {
      human: () => muteRuleRemoved(removed.rule),
      json: () => ['mute-rule', muteRuleDocument(removed)],
    });
    return EXIT.done;
  });
}

function withApp(door: Door, work: (app: StatefulApp) => number): number {
  const app = openApp(door.surroundings, door.options);
  try {
    return work(app);
  } finally {
    app.close();
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
