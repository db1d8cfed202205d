import type { Routing, Told, Trouble } from '../domain/told.ts';
import type { NotifyConfig } from '../notify-config.ts';
import { settle } from './route.ts';
import type { Circumstances, RoutingRules } from './rules.ts';
import { newsOfTrouble, newsOfTroubleOver, waysForTrouble } from './trouble.ts';

/** What is to be told of trouble of Holdfast itself; `told` is its row (see troubleKey), if there is one. */
export function routeTrouble(
  trouble: Trouble,
  told: Told | undefined,
  config: NotifyConfig,
  rules: RoutingRules,
  circumstances: Circumstances,
): Routing {
  const step = newsOfTrouble(trouble, told, rules, circumstances.now);
  return settle(
    [step],
    { run: null, heldBack: false, waysOf: () => waysForTrouble(trouble, config) },
    rules,
    circumstances,
  );
}

/** What is to be told when that trouble is over. */
export function routeTroubleOver(
  told: Told | undefined,
  config: NotifyConfig,
  rules: RoutingRules,
  circumstances: Circumstances,
): Routing {
  const step = newsOfTroubleOver(told, circumstances.now);
  return settle([step], { run: null, heldBack: false, waysOf: () => config.default }, rules, circumstances);
}
