import type { Config } from '../config.ts';
import type { Finding } from '../domain/finding.ts';
import { matchesRule, underRules, type EnvironmentOf, type MuteRule } from '../domain/mute-rule.ts';
import type { RunLedger } from '../domain/run.ts';
import type { NotificationBook, ToldView } from '../domain/told.ts';
import { environmentOf } from '../maker/question.ts';
import { muteRulesTable } from '../store/mute-rules.ts';
import type { StatefulApp } from './app.ts';

type Muting = Pick<StatefulApp, 'database' | 'catalog' | 'config' | 'surroundings'>;

/**
 * What puts findings under the mute rules as they are at this moment. Everything that shows findings, tells of them
 * or acts on them takes them through this: a rule is never kept with a finding, so that its end is the end of it.
 */
export function openMuting(app: Muting): (finding: Finding) => Finding {
  const rules = readMuteRules(app);
  const { of } = environmentsOf(app.config);
  const now = app.surroundings.clock.now();
  return (finding) => underRules(finding, rules, of, now);
}

/** The rules as they are kept; one that names a check by an earlier id speaks of the check as it is called now. */
export function readMuteRules({ database, catalog }: Pick<Muting, 'database' | 'catalog'>): readonly MuteRule[] {
  const renamed = new Map<string, string>(Object.entries(catalog.aliases));
  return muteRulesTable(database)
    .all()
    .map((rule) => (rule.check === null ? rule : { ...rule, check: renamed.get(rule.check) ?? rule.check }));
}

/** The environments of the configuration: which one a target bears, and their names. */
export function environmentsOf({ environments }: Pick<Config, 'environments'>): {
  readonly of: EnvironmentOf;
  readonly names: ReadonlySet<string>;
} {
  return { of: (target) => environmentOf(target, environments), names: new Set(Object.keys(environments)) };
}

/** That a rule still matches is written no more often than this: a quiet beat writes little. */
const NOTED_EVERY_MS = 3_600_000;

/** A ledger that notes, with the run, which rules matched an open finding of it: rules that match nothing are reported. */
export function notingMatches(app: Muting, ledger: RunLedger): RunLedger {
  const table = muteRulesTable(app.database);
  const { of } = environmentsOf(app.config);
  return {
    ...ledger,
    settle: (runbook, decide) =>
      ledger.settle(runbook, (known) => {
        const settlement = decide(known);
        const now = app.surroundings.clock.now();
        const open = settlement.comparison.findings.filter(({ standing }) => standing !== 'resolved');
        for (const rule of readMuteRules(app)) {
          const noted = rule.matchedAt !== null && Math.abs(now - rule.matchedAt) < NOTED_EVERY_MS;
          if (noted || rule.until <= now || !open.some((finding) => matchesRule(rule, finding, of))) continue;
          table.matched(rule.id, now);
        }
        return settlement;
      }),
  };
}

/** The book whose findings are under the rules: what is muted by one is not told when it was held back. */
export function mutedBook(app: Muting, book: NotificationBook): NotificationBook {
  const under = (view: ToldView): ToldView => {
    const muted = (rows: ReturnType<ToldView['held']>): ReturnType<ToldView['held']> => ({
      told: rows.told,
      findings: rows.findings.map(openMuting(app)),
    });
    return { ...view, held: () => muted(view.held()), everything: () => muted(view.everything()) };
  };
  return {
    ...book,
    record: (decide, enqueue) => book.record((view) => decide(under(view)), enqueue),
    look: (decide) => book.look((view) => decide(under(view))),
  };
}
