import type { AreaMap } from '../rule-map.ts';

export const postureWorkloads: AreaMap = {};
