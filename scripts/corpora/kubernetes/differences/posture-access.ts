import type { AreaDifferences } from '../rule-map.ts';

export const postureAccess: AreaDifferences = {};
