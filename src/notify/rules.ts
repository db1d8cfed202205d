import type { Random } from '../domain/id.ts';
import type { Redactor } from '../domain/redaction/redacted.ts';
import type { Severity } from '../domain/severity.ts';
import type { ToldLately } from '../domain/told.ts';
import type { NotifyConfig } from '../notify-config.ts';

/** What the operator wants to hear; durations in milliseconds, null is never. */
export interface RoutingRules {
  readonly minSeverity: Severity;
  readonly repeat: Readonly<Record<Severity, number | null>>;
  /** What is as bad as this is told in quiet hours too. */
  readonly exceptAt: Severity;
  readonly caps: NotifyConfig['caps'];
}

/** The moment at which something is routed. */
export interface Circumstances {
  readonly now: number;
  /** Quiet hours, right now. */
  readonly quiet: boolean;
  readonly lately: ToldLately;
  readonly redactor: Pick<Redactor, 'text'>;
  /** For the notification's id. */
  readonly random: Random;
}

export function routingRules(config: NotifyConfig): RoutingRules {
  return {
    minSeverity: config.minSeverity,
    repeat: config.repeat,
    exceptAt: config.quietHours?.exceptAt ?? 'critical',
    caps: config.caps,
  };
}
