import { isAtLeast } from '../domain/severity.ts';
import type { ToldLately } from '../domain/told.ts';
import type { Line } from './line.ts';
import type { RoutingRules } from './rules.ts';

/** Whether a line may be told in quiet hours. Good news can always wait. */
export function isUrgent({ severity, news }: Pick<Line, 'severity' | 'news'>, rules: RoutingRules): boolean {
  return news !== 'resolved' && isAtLeast(severity, rules.exceptAt);
}

/** Whether one more notification with these lines fits under the caps; one with something critical has caps of its own. */
export function hasRoom(lines: readonly Pick<Line, 'severity' | 'news'>[], lately: ToldLately, { caps }: RoutingRules) {
  const critical = lines.some(({ severity, news }) => severity === 'critical' && news !== 'resolved');
  return critical
    ? lately.lastHour < caps.criticalPerHour && lately.lastDay < caps.criticalPerDay
    : lately.lastHour < caps.perHour && lately.lastDay < caps.perDay;
}
