import { runsFindingsSamples } from './0001-runs-findings-samples.ts';

/** In order; `PRAGMA user_version` counts those that were applied. Never edit one that has shipped. */
export const MIGRATIONS: readonly string[] = [runsFindingsSamples];
