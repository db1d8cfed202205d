import * as z from 'zod';
import { listFindings } from '../../app/findings.ts';
import { findingDocument } from '../../documents/finding.ts';
import { findingSchema } from '../../documents/finding-schema.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { isAtLeast, SEVERITIES } from '../../domain/severity.ts';
import { pageInput, pageOf, pageOutput } from '../paging.ts';
import { sinceLast, sinceSchema } from '../since.ts';
import { defineTool } from '../tool.ts';

export const listFindingsTool = defineTool({
  name: 'list_findings',
  title: 'List findings',
  description:
    'What the runbooks of this machine found and what became of it, worst first. With `cursor`, also what is new, changed or resolved since this client asked with the same cursor; that moves the cursor for this client alone.',
  kind: 'stored',
  input: z.strictObject({
    minSeverity: z.enum(SEVERITIES).default('info'),
    check: z.string().max(200).default('*').describe('A pattern of check ids'),
    runbook: z.string().max(200).optional(),
    resolved: z.boolean().default(false).describe('Resolved ones as well'),
    cursor: z.string().min(1).max(60).optional().describe('Any name: `beat`'),
    ...pageInput,
  }),
  output: z.strictObject({
    findings: z.array(findingSchema),
    since: sinceSchema.nullable(),
    ...pageOutput,
  }),
  run: async (call, { minSeverity, check, runbook, resolved, cursor, ...wanted }) => {
    const { app } = call;
    const isWanted = (finding: {
      readonly severity: (typeof SEVERITIES)[number];
      readonly check: string;
      readonly runbook: string;
    }) =>
      isAtLeast(finding.severity, minSeverity) &&
      matchesGlob(check, finding.check) &&
      (runbook === undefined || finding.runbook === runbook);
    const all = listFindings(app, { resolved })
      .filter(isWanted)
      .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
    const { rows, total, nextPage } = pageOf(all, wanted);
    const now = app.surroundings.clock.now();
    return {
      findings: rows.map((finding) => findingDocument(finding, now)),
      since: cursor === undefined ? null : sinceLast(call, `findings ${cursor}`, isWanted),
      total,
      nextPage,
    };
  },
});
