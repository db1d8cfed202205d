import type { ModelCall } from '../domain/model.ts';
import { time } from './time.ts';

/** A model call as every door shows it, without its body. */
export function egressDocument({
  id,
  at,
  model,
  purpose,
  endpoint,
  leavesMachine,
  runbook,
  run,
  escalatedBecause,
  requestBytes,
  ended,
}: ModelCall) {
  return {
    id,
    at: time(at),
    model,
    purpose,
    endpoint,
    leavesMachine,
    runbook,
    run,
    escalatedBecause,
    requestBytes,
    outcome: ended?.outcome ?? null,
    promptTokens: ended?.usage.promptTokens ?? null,
    completionTokens: ended?.usage.completionTokens ?? null,
    usd: ended?.usd ?? null,
    durationMs: ended?.durationMs ?? null,
  };
}
