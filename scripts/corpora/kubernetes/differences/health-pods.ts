import type { AreaDifferences } from '../rule-map.ts';

export const healthPods: AreaDifferences = {};
