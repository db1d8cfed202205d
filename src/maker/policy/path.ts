/**
 * What a bound may be held against, or a limit may sum: `after.replicas`, `before.files`, `params.force` of each
 * step, `cost.monthly` and `steps` (how many) of the plan. Dots go deeper; a list is not gone into.
 */
export const PATH = /^(?:(?:after|before|params)(?:\.[A-Za-z0-9_-]{1,64}){1,8}|cost\.monthly|steps)$/;

/** Where a path is said to be of the plan and not of each step. */
export function isPlanPath(path: string): boolean {
  return path === 'cost.monthly' || path === 'steps';
}

export function pathOf(path: string): readonly string[] {
  return path.split('.');
}
