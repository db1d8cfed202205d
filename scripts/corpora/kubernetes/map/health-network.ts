import type { AreaMap } from '../rule-map.ts';

export const healthNetwork: AreaMap = {};
