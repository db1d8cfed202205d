import type { ModelCall } from '../../domain/model.ts';
import { printable } from '../../domain/printable.ts';
import type { Style } from '../terminal.ts';
import { table } from './layout.ts';
import { localTime } from './when.ts';

export function egressListHuman(calls: readonly ModelCall[], style: Style): string {
  if (calls.length === 0) return 'Nothing left this machine for a model.\n';
  return `${table(
    calls.map((call) => [
      style('bold', call.id),
      localTime(call.at),
      call.model,
      call.purpose,
      call.leavesMachine ? `${call.requestBytes} B to ${call.endpoint}` : `stayed here (${call.endpoint})`,
      outcomeOf(call),
    ]),
  )}\n`;
}

/** The body is pretty-printed; `--output json` has it byte for byte. */
export function egressHuman(call: ModelCall, style: Style): string {
  return [
    `${style('bold', call.id)}  ${localTime(call.at)}  ${call.model} at ${call.endpoint}`,
    [
      `for ${call.purpose}`,
      call.runbook ?? '',
      call.escalatedBecause === null ? '' : `because ${call.escalatedBecause}`,
      outcomeOf(call),
    ]
      .filter((word) => word !== '')
      .join(' · '),
    '',
    call.request === null
      ? `It stayed on this machine, so its ${call.requestBytes} bytes were not kept.`
      : pretty(call.request),
    '',
  ].join('\n');
}

function outcomeOf({ ended }: ModelCall): string {
  if (ended === null) return 'never ended';
  const { promptTokens, completionTokens } = ended.usage;
  const tokens = promptTokens === null ? '' : `, ${promptTokens} + ${completionTokens ?? 0} tokens`;
  return `${ended.outcome}${tokens}${ended.usd === null || ended.usd === 0 ? '' : `, $${ended.usd.toFixed(4)}`}`;
}

function pretty(request: string): string {
  return JSON.stringify(JSON.parse(request), null, 2).split('\n').map(printable).join('\n');
}
