import * as z from 'zod';
import { SEVERITIES } from '../../domain/severity.ts';
import { anyJson } from './any-json.ts';

const line = (most: number) => z.string().min(1).max(most);

const finding = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'small letters, digits and dashes' })
      .describe('What kind of trouble, the same in every look: `backlog`. No counts, no times'),
    severity: z.enum(SEVERITIES),
    title: line(300).describe('One line, with the figures'),
    why: line(2_000).optional().describe('Why it matters'),
    next: line(2_000).optional().describe('What to look at next: a command or a place'),
    evidence: z
      .array(z.strictObject({ label: line(100), value: anyJson }))
      .max(50)
      .default([])
      .describe('The facts that it rests on'),
  })
  .describe('Something that needs attention');

const resource = z
  .strictObject({
    resource: line(500).describe('Its name, the same in every look, and the only one of that name: `eu/orders`'),
    name: line(200).optional().describe('What a person calls it; default: `resource`'),
    unknown: line(1_000)
      .optional()
      .describe('Why it could not be looked at: its findings are then neither kept nor resolved'),
    findings: z.array(finding).max(50).default([]),
  })
  .refine(({ unknown, findings }) => unknown === undefined || findings.length === 0, {
    error: 'what could not be looked at has no findings',
  })
  .refine(({ findings }) => new Set(findings.map(({ id }) => id)).size === findings.length, {
    error: 'two findings have the same id',
  });

/** What a tool answers that judges by itself: all that it looks after, well or not. */
export const checkResult = z
  .strictObject({
    schema: z.literal('holdfast/check-result/v1'),
    resources: z
      .array(resource)
      .max(1_000)
      .refine((all) => new Set(all.map((one) => one.resource)).size === all.length, {
        error: 'two resources have the same name',
      })
      .describe('Everything that was looked at; what is missing here is taken for gone, and its findings are resolved'),
  })
  .describe('What a check in any language answers');

export type CheckResult = z.output<typeof checkResult>;
