import type { AreaDifferences } from '../rule-map.ts';

export const healthNetwork: AreaDifferences = {};
