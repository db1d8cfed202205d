import type { AreaMap } from '../rule-map.ts';

export const healthWorkloads: AreaMap = {};
