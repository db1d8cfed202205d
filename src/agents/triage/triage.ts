import type { Looked } from '../../domain/failure.ts';
import type { ModelCallId } from '../../domain/id.ts';
import { NO_USAGE, type ModelRef } from '../../domain/model.ts';
import type { Models } from '../../domain/models.ts';
import { printable } from '../../domain/printable.ts';
import { redactFailure } from '../../domain/redaction/border.ts';
import type { Escalation } from '../../domain/runbook.ts';
import type { Triage } from '../../domain/triage.ts';
import { askTriage, type Triaged, type TriageQuestion } from './ask.ts';
import { disagrees, escalationReason } from './escalate.ts';

export interface TriageRequest extends TriageQuestion {
  /** When, and to which model, the question moves on; null: it does not. */
  readonly escalation: (Escalation & { readonly model: ModelRef }) | null;
}

/** Words about a run's news, by the first model, or by the stronger one when there is a reason. Never rejects. */
export async function triage(request: TriageRequest, models: Models): Promise<Triage> {
  const calls: ModelCallId[] = [];
  const use = { ...request.use, onCall: (id: ModelCallId) => void calls.push(id) };
  const first = await askTriage({ ...request, use }, models);
  const { escalation, news } = request;
  const reason = escalation === null ? null : escalationReason(escalation, news, first);
  if (escalation === null || reason === null) return told(request, use.model, first, null, calls);
  const stronger = { ...use, model: escalation.model, escalatedBecause: reason };
  const second = await askTriage({ ...request, use: stronger }, models);
  // What the stronger one could not say the first one may have said.
  return second.status === 'unknown' && first.status === 'seen'
    ? told(
        request,
        request.use.model,
        first,
        `${reason}; ${escalation.model} gave no answer (${second.failure.code})`,
        calls,
      )
    : told(request, escalation.model, second, reason, calls);
}

function told(
  { redactor, news }: TriageRequest,
  model: ModelRef,
  said: Looked<Triaged>,
  reason: string | null,
  calls: Triage['calls'],
): Triage {
  const escalatedBecause = reason === null ? null : redactor.text(printable(reason));
  if (said.status === 'unknown')
    return {
      model,
      words: null,
      failure: redactFailure(redactor, said.failure),
      escalatedBecause,
      usage: NO_USAGE,
      calls,
    };
  const { words, usage } = said.value;
  const failure = disagrees(news, said.value)
    ? redactFailure(redactor, {
        code: 'MODEL_DISAGREES',
        message: `${model} calls harmless what a check calls high or critical: its words are left out`,
      })
    : null;
  return {
    model,
    words: failure === null ? words : null,
    failure,
    escalatedBecause,
    usage,
    calls,
  };
}
