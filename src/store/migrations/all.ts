import { runsFindingsSamples } from './0001-runs-findings-samples.ts';
import { queueAndSchedules } from './0002-queue-and-schedules.ts';
import { notifications } from './0003-notifications.ts';
import { audit } from './0004-audit.ts';
import { gate } from './0005-gate.ts';
import { baselines } from './0006-baselines.ts';
import { muteRules } from './0007-mute-rules.ts';
import { baselineScopes } from './0008-baseline-scopes.ts';
import { models } from './0009-models.ts';
import { paidAnswers } from './0010-paid-answers.ts';
import { cursors } from './0011-cursors.ts';
import { mcpPins } from './0012-mcp-pins.ts';

/** In order; `PRAGMA user_version` counts those that were applied. Never edit one that has shipped. */
export const MIGRATIONS: readonly string[] = [
  runsFindingsSamples,
  queueAndSchedules,
  notifications,
  audit,
  gate,
  baselines,
  muteRules,
  baselineScopes,
  models,
  paidAnswers,
  cursors,
  mcpPins,
];
