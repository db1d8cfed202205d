import * as z from 'zod';
import { PLAN_STATUSES } from '../domain/plan.ts';
import { findingSchema } from './finding-schema.ts';

const failure = z.strictObject({ code: z.string(), message: z.string() });

/** A run as every door shows it: `holdfast/run/v1`. Every check that was asked is listed. */
export const runSchema = z
  .strictObject({
    id: z.string().regex(/^r-[0-9A-HJKMNP-TV-Z]{12}$/),
    runbook: z.string(),
    slot: z.iso.datetime().nullable().describe('The instant it was meant for; null for a run by hand'),
    trigger: z.enum(['manual', 'schedule', 'catch-up']),
    status: z.enum(['queued', 'running', 'done', 'failed', 'skipped']),
    reason: z
      .enum([
        'interrupted',
        'timeout',
        'internal-error',
        'nothing-due',
        'runbook-gone',
        'overlap',
        'outside-hours',
        'too-late',
        'paused',
        'collapsed',
      ])
      .nullable()
      .describe('Why it failed, or why the slot has no run'),
    attempt: z.int().positive().describe('2 and more after a worker died in the middle'),
    startedAt: z.iso.datetime(),
    durationMs: z.int().nonnegative().nullable(),
    checks: z.array(
      z.strictObject({
        id: z.string(),
        outcome: z.enum(['ok', 'findings', 'unknown']),
        failure: failure.nullable().describe('Why it, or the first resource hidden from it, could not be looked at'),
        durationMs: z.int().nonnegative(),
        looked: z.int().nonnegative().describe('How many resources were looked at'),
        hidden: z.array(z.strictObject({ resource: z.string(), name: z.string(), failure })),
        note: z.string().optional().describe('What it says of its look as a whole'),
      }),
    ),
    findings: z.array(findingSchema).describe('Open findings and those that this run resolved'),
    notLookedAt: z.array(z.string()).describe('Ids of open findings that this run could not look at'),
    plans: z
      .array(
        z.strictObject({
          id: z.string(),
          status: z.enum(PLAN_STATUSES),
          title: z.string(),
          expiresAt: z.iso.datetime(),
        }),
      )
      .describe("Plans that its findings made it propose, or that wait for them already; in the run's own report only"),
    triage: z
      .strictObject({
        model: z.string(),
        summary: z.string().nullable(),
        cause: z.strictObject({ text: z.string(), findings: z.array(z.string()) }).nullable(),
        nextLook: z.string().nullable(),
        failure: failure.nullable().describe('Why there are no words'),
        escalatedBecause: z.string().nullable(),
        tokens: z.int().nullable(),
        calls: z.array(z.string()),
      })
      .nullable()
      .describe("A model's words about its news, beside the findings; null: none was asked"),
  })
  .describe('One execution of a runbook');

export type RunDocument = z.infer<typeof runSchema>;
