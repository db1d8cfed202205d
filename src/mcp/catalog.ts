import type { Tool } from './tool.ts';
import { costTool } from './tools/cost.ts';
import { draftPlanTool } from './tools/draft-plan.ts';
import { driftTool } from './tools/drift.ts';
import { getFindingTool } from './tools/get-finding.ts';
import { getPlanTool } from './tools/get-plan.ts';
import { listChecksTool } from './tools/list-checks.ts';
import { listFindingsTool } from './tools/list-findings.ts';
import { listPlansTool } from './tools/list-plans.ts';
import { researchTool } from './tools/research.ts';
import { routeQuestionTool } from './tools/route-question.ts';
import { runCheckTool } from './tools/run-check.ts';
import { runCommandTool } from './tools/run-command.ts';
import { runsTool } from './tools/runs.ts';
import { topologyTool } from './tools/topology.ts';
import { versionTool } from './tools/version.ts';

/**
 * All that a client can call: what is listed is what is called, and nothing else is. No tool decides over a plan, trusts,
 * mutes, accepts or configures anything, and none will: see test/mcp/verbs.test.ts.
 */
export const TOOLS: readonly Tool[] = [
  versionTool,
  routeQuestionTool,
  runCommandTool,
  listChecksTool,
  runCheckTool,
  listFindingsTool,
  getFindingTool,
  topologyTool,
  costTool,
  runsTool,
  driftTool,
  researchTool,
  draftPlanTool,
  listPlansTool,
  getPlanTool,
];
