import { unsupportedPart, withoutLinks } from '../../agents/supported.ts';
import { FENCE_RULE, fenced } from '../../agents/fence.ts';
import { saysAllIsWell } from '../../agents/investigate/contradiction.ts';
import { printable } from '../../domain/printable.ts';
import { redactFailure } from '../../domain/redaction/border.ts';
import type { FindingGroup, Research, ResearchFinding } from '../../domain/research.ts';
import type { StatefulApp } from '../app.ts';
import { asksModel } from '../ask/model-choice.ts';
import { openModels, spendingOf, USUAL_BUDGET } from '../models.ts';
import type { ResearchRequest } from './research.ts';

const SYSTEM = `You write the summary of a report for the operator. Write JSON: "summary" is 3 to 6 plain sentences: what is worst, what belongs together, what to look at first.
Name nothing and count nothing that is not in the data. Put names in backticks.
${FENCE_RULE}`;
/** What the model is shown, bytes. */
const SHOWN = 3_000;
const MAX_OUTPUT_TOKENS = 500;

/** A model's summary of a report, checked; the report is whole without it. */
export async function researchWords(
  app: StatefulApp,
  { model: choice }: ResearchRequest,
  of: { readonly findings: readonly ResearchFinding[]; readonly groups: readonly FindingGroup[] },
  signal: AbortSignal,
): Promise<Pick<Research, 'words' | 'failure'>> {
  const model = asksModel(app, choice);
  if (model === null || of.findings.length === 0) return { words: null, failure: null };
  if (model.status === 'unknown') return { words: null, failure: redactFailure(app.redactor, model.failure) };
  const data = shownOf(of);
  const answered = await openModels(app, { localOnly: choice.localOnly }).structured({
    model: model.value,
    purpose: 'research',
    runbook: null,
    run: null,
    escalatedBecause: null,
    spending: spendingOf(app, USUAL_BUDGET, null),
    signal,
    timeoutMs: app.config.models.timeout,
    system: app.redactor.text(SYSTEM),
    prompt: app.redactor.text(`${fenced('report', data, SHOWN * 2, app.redactor)}\n\nWrite the summary in JSON.`),
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['summary'],
      properties: { summary: { type: 'string', maxLength: 1500 } },
    },
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    reject: ({ summary }) => {
      if (typeof summary !== 'string' || summary.trim() === '') return 'the summary is empty';
      if (saysAllIsWell(summary)) return 'there are findings, and it says that all is well';
      const part = unsupportedPart(summary, { text: data, question: '' });
      return part === null ? null : `"${part.slice(0, 80)}" is not in the data`;
    },
  });
  if (answered.status === 'unknown') return { words: null, failure: redactFailure(app.redactor, answered.failure) };
  const { summary } = answered.value.value;
  const words = app.redactor.text(printable(withoutLinks(typeof summary === 'string' ? summary : '')));
  return { words: { model: model.value, summary: words, calls: answered.value.calls }, failure: null };
}

function shownOf({
  findings,
  groups,
}: {
  readonly findings: readonly ResearchFinding[];
  readonly groups: readonly FindingGroup[];
}): string {
  const row = ({ number, severity, category, title, name }: ResearchFinding) => ({
    number,
    severity,
    category,
    name: name.slice(0, 80),
    title: title.slice(0, 140),
  });
  const parts = groups.map(({ findings: members, because }) => ({
    members: members.slice(0, 12),
    because: because.slice(0, 2).map((words) => words.slice(0, 80)),
  }));
  for (let kept = findings.length; kept > 0; kept -= 1) {
    const text = JSON.stringify({
      total: findings.length,
      findings: findings.slice(0, kept).map(row),
      groups: parts.slice(0, 5),
    });
    if (Buffer.byteLength(text) <= SHOWN) return text;
  }
  return JSON.stringify({ total: findings.length });
}
