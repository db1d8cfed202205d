import { costSchema } from './cost-schema.ts';
import * as z from 'zod';
import { answerSchema } from './answer-schema.ts';
import { auditEntrySchema, auditExportSchema, auditProofSchema } from './audit-schema.ts';
import {
  baselineAcceptedSchema,
  baselineDiffSchema,
  baselineHistorySchema,
  baselineSchema,
} from './baseline-schema.ts';
import { findingHistorySchema } from './finding-history-schema.ts';
import { findingSchema } from './finding-schema.ts';
import { egressListSchema, egressSchema, modelsSchema, modelTestSchema, modelUsedSchema } from './models-schema.ts';
import { mcpConfigSchema } from './mcp-config-schema.ts';
import { mcpServerSchema, mcpServersSchema, mcpUntrustedSchema } from './mcp-servers-schema.ts';
import { muteRuleSchema } from './mute-rule-schema.ts';
import * as small from './small-schemas.ts';
import { planSchema } from './plan-schema.ts';
import { researchSchema } from './research-schema.ts';
import { runSchema } from './run-schema.ts';
import { topologySchema } from './topology-schema.ts';

/** What `--output json` prints for a noun: the noun's own shape, with its name in front. */
function named<Shape extends z.core.$ZodLooseShape>(noun: string, schema: z.ZodObject<Shape, z.core.$strict>) {
  return z
    .strictObject({ schema: z.literal(`holdfast/${noun}/v1`), ...schema.shape })
    .describe(schema.description ?? noun);
}

/** Every document that a command prints, by noun: published under schemas/v1/. */
export const DOCUMENTS = {
  run: named('run', runSchema),
  runs: named('runs', z.strictObject({ runs: z.array(runSchema) })),
  finding: named('finding', findingSchema),
  findings: named('findings', z.strictObject({ findings: z.array(findingSchema) })),
  'mute-rule': named('mute-rule', muteRuleSchema),
  'mute-rules': named('mute-rules', z.strictObject({ rules: z.array(muteRuleSchema) })),
  'finding-history': named('finding-history', findingHistorySchema),
  check: named('check', small.checkSchema),
  checks: named('checks', z.strictObject({ checks: z.array(small.checkSchema) })),
  look: named('look', small.lookSchema),
  runbook: named('runbook', small.runbookSchema),
  runbooks: named('runbooks', small.runbooksSchema),
  mistake: named('mistake', small.mistakeSchema),
  mistakes: named('mistakes', z.strictObject({ files: z.array(z.string()), mistakes: z.array(small.mistakeSchema) })),
  doctor: named('doctor', small.doctorSchema),
  notification: named('notification', small.notificationSchema),
  'notify-test': named('notify-test', small.notifyTestSchema),
  init: named('init', small.initSchema),
  file: named('file', z.strictObject({ path: z.string() })),
  restored: named('restored', z.strictObject({ path: z.string(), kept: z.string().nullable() })),
  paused: named('paused', small.pausedSchema),
  slots: named('slots', small.slotsSchema),
  status: named('status', small.statusSchema),
  plan: named('plan', planSchema),
  plans: named('plans', z.strictObject({ plans: z.array(planSchema) })),
  hold: named('hold', small.holdSchema),
  actions: named('actions', z.strictObject({ actions: z.array(small.actionSchema) })),
  action: named('action', small.actionSchema),
  policy: named('policy', small.policySchema),
  'policy-test': named('policy-test', small.policyTestSchema),
  'policy-explain': named('policy-explain', small.policyExplainSchema),
  'audit-entry': named('audit-entry', auditEntrySchema),
  'audit-entries': named('audit-entries', z.strictObject({ entries: z.array(auditEntrySchema) })),
  'audit-proof': named('audit-proof', auditProofSchema),
  'audit-export': named('audit-export', auditExportSchema),
  baseline: named('baseline', baselineSchema),
  'baseline-diff': named('baseline-diff', baselineDiffSchema),
  'baseline-accepted': named('baseline-accepted', baselineAcceptedSchema),
  'baseline-history': named('baseline-history', baselineHistorySchema),
  cost: named('cost', costSchema),
  'cost-estimate': named('cost-estimate', small.costEstimateSchema),
  topology: named('topology', topologySchema),
  answer: named('answer', answerSchema),
  research: named('research', researchSchema),
  models: named('models', modelsSchema),
  'model-test': named('model-test', modelTestSchema),
  'model-used': named('model-used', modelUsedSchema),
  'mcp-server': named('mcp-server', mcpServerSchema),
  'mcp-servers': named('mcp-servers', mcpServersSchema),
  'mcp-untrusted': named('mcp-untrusted', mcpUntrustedSchema),
  'egress-list': named('egress-list', egressListSchema),
  egress: named('egress', egressSchema),
  'mcp-config': named('mcp-config', mcpConfigSchema),
  error: z.strictObject({ error: small.errorSchema }).describe('What goes wrong, on stderr'),
};
