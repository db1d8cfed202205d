import * as z from 'zod';
import { ask } from '../../app/ask/ask.ts';
import { withoutSince } from '../../app/ask/since-words.ts';
import { answerDocument } from '../../documents/answer.ts';
import { answerSchema } from '../../documents/answer-schema.ts';
import { digestOf } from '../../domain/digest.ts';
import type { Finding } from '../../domain/finding.ts';
import { sinceLast, sinceSchema } from '../since.ts';
import { defineTool } from '../tool.ts';

export const routeQuestionTool = defineTool({
  name: 'holdfast_route_question',
  title: 'Answer a question about what is live',
  description:
    'Answers a question in English by looking now: "are all production pods healthy?", "any cost anomalies since last check?", "any new public endpoints detected?". healthy is true only when everything it is about was looked at and nothing is wrong; null is not known. "since last check" is since this client asked the same question. No model is asked: verdicts come from checks.',
  kind: 'live',
  input: z.strictObject({
    question: z.string().trim().min(1).max(4_000),
    context: z.string().max(300).optional().describe('Context of the kubeconfig; the current one by default'),
    namespaces: z
      .array(z.string().max(300))
      .max(50)
      .default([])
      .describe('Only these namespaces; patterns may be used'),
    since: z
      .boolean()
      .optional()
      .describe('Whether to tell what changed since this client asked this last; by default when the question says so'),
  }),
  output: answerSchema.extend({
    since: sinceSchema.nullable().describe('What the runbooks saw happen since; null: it was not asked'),
  }),
  run: async (call, { question, context, namespaces, since }) => {
    const { text, asksSince } = withoutSince(question);
    const { answer } = await ask(
      call.app,
      {
        question: text,
        context,
        namespaces,
        runbook: null,
        isOfClient: true,
        model: { named: null, none: true, localOnly: true, budget: null, purpose: 'ask', runbook: null },
        onProgress: call.onProgress,
      },
      call.signal,
    );
    const document = answerDocument(answer);
    if (!(since ?? asksSince)) return { ...document, question, since: null };
    const about = new Set([...answer.about, ...answer.checks.map(({ id }) => id)]);
    const isAbout = ({ check }: Finding): boolean => about.size === 0 || about.has(check);
    const changes = sinceLast(call, `question ${digestOf('question', text.toLowerCase()).slice(7, 19)}`, isAbout);
    return { ...document, question, answer: `${document.answer} ${sinceWords(changes)}`, since: changes };
  },
});

function sinceWords({ since, new: fresh, changed, resolved, more }: z.infer<typeof sinceSchema>): string {
  const counts = `${fresh.length} new, ${changed.length} changed, ${resolved.length} resolved${more === 0 ? '' : `, ${more} more`}`;
  return since === null
    ? `You ask this for the first time; of what the runbooks have found, ${fresh.length + more} are open.`
    : `Since you asked last (${since}), the runbooks saw: ${counts}.`;
}
