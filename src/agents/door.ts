import type { Failure } from '../domain/check.ts';
import type { Clock } from '../domain/clock.ts';
import type { Looked } from '../domain/failure.ts';
import { newModelCallId, type ModelCallId, type Random } from '../domain/id.ts';
import { MODEL_FAILURES, NO_USAGE, type ModelCall, type ModelCallEnd, type ModelUsage } from '../domain/model.ts';
import type { ModelUse } from '../domain/models.ts';
import { printable } from '../domain/printable.ts';
import type { Redacted, Redactor } from '../domain/redaction/redacted.ts';
import { costOfUsage, type TokenPrice } from '../domain/spending.ts';
import type { Endpoint, ModelSettings } from './endpoint.ts';
import { exchange, type Got } from './exchange.ts';
import { failed, failureOf, ModelTrouble } from './failed.ts';
import { askedFor, isQuestionAboutModels, ownAddress, redactedBody, withKey } from './request.ts';
import { readWire } from './wire/read-wire.ts';
import { wireOf } from './wire/wire-of.ts';

export interface DoorDeps {
  readonly settings: Pick<ModelSettings, 'localOnly' | 'silenceMs'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly redactor: Redactor;
  /** The key of a provider; null where none is needed. */
  keyOf(provider: string): Promise<Looked<string | null>>;
  /** `begin` throws when a call can't be recorded: then it is not made. */
  readonly record: {
    begin(call: Omit<ModelCall, 'ended'>): void;
    end(id: ModelCallId, end: ModelCallEnd): void;
  };
  priceOf(endpoint: Endpoint): TokenPrice | null;
}

/** One use's way out to its model. */
export interface Passage {
  /** As the global fetch, for client libraries; throws ModelTrouble. */
  readonly send: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Why the last request failed; null when it did not. */
  failure(): Failure | null;
  calls(): readonly ModelCallId[];
  usage(): ModelUsage;
}

/** No honest answer is larger, bytes. */
const LARGEST_ANSWER = 4 * 1024 * 1024;
/** How many bytes make a token, for a guess at what a request will use; the cost that it may have is guessed high. */
const BYTES_PER_TOKEN = { usual: 4, least: 2 };

/**
 * The models' door: whatever is sent to a model is sent here. A request goes only to the address of its own model, is
 * redacted once more, is within the budget, is recorded before it is sent (its body when it leaves the machine), and
 * gets the key only now. An answer comes back whole or not at all. `signal` ends with the time of the whole use.
 */
export function openDoor(endpoint: Endpoint, use: ModelUse, signal: AbortSignal, deps: DoorDeps): Passage {
  const calls: ModelCallId[] = [];
  let usage = NO_USAGE;
  let last: Failure | null = null;
  const onCall = (id: ModelCallId): void => {
    calls.push(id);
    use.onCall?.(id);
  };
  const onUsage = (used: ModelUsage): void => {
    usage = sumOf(usage, used);
  };
  const exchanged = async (input: string | URL | Request, init: RequestInit): Promise<Got> => {
    const asked = await askedFor(input, init);
    const url = ownAddress(asked.url, endpoint);
    refuseElsewhere(endpoint, deps);
    const headers = await withKey(asked.headers, endpoint, deps.keyOf, deps.redactor);
    const bounds = { largest: LARGEST_ANSWER, silenceMs: deps.settings.silenceMs, signal };
    if (isQuestionAboutModels(url)) return whole(url, await exchange(url, { ...asked, headers }, bounds), deps);
    const call = beginCall(endpoint, use, redactedBody(asked.body, deps.redactor), deps);
    onCall(call.id);
    try {
      const got = await exchange(url, { method: asked.method, headers, body: call.body }, bounds);
      const wire = readWire(wireOf(url), got.status, got.contentType, got.body);
      if (wire.status === 'unknown') throw new ModelTrouble(shown(url, got, deps));
      onUsage(wire.value.usage);
      call.end(wire.value.cutOff ? 'MODEL_CUT_OFF' : 'answered', wire.value.usage);
      if (wire.value.cutOff)
        throw new ModelTrouble(failed('MODEL_CUT_OFF', 'the answer was cut off at its allowed length'));
      return got;
    } catch (error) {
      if (error instanceof ModelTrouble) call.end(failureOf(error.failure), NO_USAGE);
      throw error;
    }
  };
  return {
    send: async (input, init = {}) => {
      last = null;
      try {
        return answerOf(await exchanged(input, init));
      } catch (error) {
        if (error instanceof ModelTrouble) last = error.failure;
        throw error;
      }
    },
    failure: () => last,
    calls: () => [...calls],
    usage: () => usage,
  };
}

function refuseElsewhere({ leavesMachine, model, url }: Endpoint, { settings }: DoorDeps): void {
  if (!settings.localOnly || !leavesMachine) return;
  const where = new URL(url).host;
  throw new ModelTrouble(
    failed(
      'MODEL_NOT_ALLOWED',
      `${model} is asked at ${where}, and models elsewhere than on this machine are forbidden (models.localOnly, --local-only)`,
    ),
  );
}

/** An answer about models themselves: an error is one of ours, and nothing is counted. */
function whole(url: URL, got: Got, deps: DoorDeps): Got {
  if (got.status < 400) return got;
  const wire = readWire(wireOf(url), got.status, got.contentType, got.body);
  throw new ModelTrouble(
    wire.status === 'unknown'
      ? shown(url, got, deps)
      : failed('MODEL_REFUSED', `${url.host} answered ${got.status} to ${url.pathname}`),
  );
}

/** A request that is within the budget and written down, and must be ended once. */
interface OpenCall {
  readonly id: ModelCallId;
  readonly body: Redacted<string>;
  /** What comes after the first end is left. */
  end(outcome: ModelCallEnd['outcome'], used: ModelUsage): void;
}

function beginCall(endpoint: Endpoint, use: ModelUse, body: Redacted<string>, deps: DoorDeps): OpenCall {
  const bytes = Buffer.byteLength(body);
  const promptTokens = Math.ceil(bytes / BYTES_PER_TOKEN.usual);
  const price = deps.priceOf(endpoint);
  const isFree = !endpoint.leavesMachine && price === null;
  const refusal = use.spending.refuse({ promptTokens, usdAtMost: isFree ? 0 : atMost(price, bytes, body) });
  if (refusal !== null) throw new ModelTrouble(refusal);
  const call = callOf(endpoint, use, body, bytes, deps);
  recorded(() => deps.record.begin(call), 'it was not sent');
  const started = deps.clock.monotonic();
  let isOpen = true;
  return {
    id: call.id,
    body,
    end: (outcome, used) => {
      if (!isOpen) return;
      isOpen = false;
      const usd = isFree ? 0 : costOfUsage(price, used);
      use.spending.add(used.promptTokens === null ? { ...used, promptTokens } : used, usd);
      const durationMs = Math.round(deps.clock.monotonic() - started);
      recorded(() => deps.record.end(call.id, { outcome, usage: used, usd, durationMs }), 'its answer is not used');
    },
  };
}

/** What an answer of the allowed length would cost; null when that is not known. */
function atMost(price: TokenPrice | null, bytes: number, body: string): number | null {
  const allowed = /"(?:max_tokens|max_output_tokens|maxOutputTokens|num_predict)":(\d+)/.exec(body)?.[1];
  return costOfUsage(price, {
    promptTokens: Math.ceil(bytes / BYTES_PER_TOKEN.least),
    completionTokens: allowed === undefined ? null : Number(allowed),
  });
}

function callOf(
  endpoint: Endpoint,
  use: ModelUse,
  body: Redacted<string>,
  requestBytes: number,
  { clock, random, redactor }: DoorDeps,
): Omit<ModelCall, 'ended'> {
  return {
    id: newModelCallId(random),
    at: clock.now(),
    model: endpoint.model,
    purpose: use.purpose,
    endpoint: new URL(endpoint.url).origin,
    leavesMachine: endpoint.leavesMachine,
    runbook: use.runbook,
    run: use.run,
    escalatedBecause: use.escalatedBecause === null ? null : redactor.text(printable(use.escalatedBecause)),
    request: endpoint.leavesMachine ? body : null,
    requestBytes,
  };
}

/** What can't be written down is not sent, and what came of it is not used: the egress and the budget must be right. */
function recorded(write: () => void, consequence: string): void {
  try {
    write();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ModelTrouble(failed('MODEL_WITHHELD', `the request could not be recorded, so ${consequence}: ${why}`));
  }
}

/**
 * A server's own words: it may have been told a key, and may say anything. They are redacted whole, and only then quoted in
 * part; a code that this changes is the one of the words as they came.
 */
function shown(url: URL, { status, contentType, body }: Got, { redactor }: DoorDeps): Failure {
  const [came, clean] = [body, redactor.text(body)].map((text) => readWire(wireOf(url), status, contentType, text));
  const code = came?.status === 'unknown' ? failureOf(came.failure) : 'MODEL_REFUSED';
  const isSame = clean?.status === 'unknown' && failureOf(clean.failure) === code;
  return failed(code, isSame ? redactor.text(printable(clean.failure.message)) : MODEL_FAILURES[code]);
}

function answerOf({ status, contentType, body }: Got): Response {
  return new Response(body, { status, headers: contentType === '' ? {} : { 'content-type': contentType } });
}

function sumOf(a: ModelUsage, b: ModelUsage): ModelUsage {
  const sum = (one: number | null, other: number | null): number | null =>
    one === null && other === null ? null : (one ?? 0) + (other ?? 0);
  return {
    promptTokens: sum(a.promptTokens, b.promptTokens),
    completionTokens: sum(a.completionTokens, b.completionTokens),
  };
}
