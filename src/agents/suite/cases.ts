import type { JsonObject } from '../../domain/json.ts';
import type { ScoredCase } from '../../domain/model-score.ts';
import { namesIn, unsupportedPart } from '../supported.ts';

/** Grows when a case is added or asks something else. */
export const SUITE = 1;

/** An answer of a given form: a summary of findings, or a refusal to invent one. */
export interface FormCase {
  readonly name: string;
  readonly kind: 'summary' | 'refusal';
  /** What it is shown. */
  readonly data: string;
  readonly question: string;
  /** What is wrong with an answer; null: nothing. */
  judge(answer: FormAnswer): string | null;
}

export interface FormAnswer {
  readonly answer: string;
  /** Whether the data answers the question. */
  readonly known: boolean;
}

/** A question that one tool call answers. */
export interface ToolCase {
  readonly name: string;
  readonly kind: 'tool';
  readonly question: string;
  readonly tools: readonly SuiteTool[];
  judge(calls: readonly { readonly tool: string; readonly input: unknown }[], text: string): string | null;
}

export interface SuiteTool {
  readonly name: string;
  readonly description: string;
  readonly input: JsonObject;
  readonly answer: string;
}

const CRASH = JSON.stringify({
  findings: [
    {
      severity: 'critical',
      check: 'kubernetes/pods-crashlooping',
      name: 'Deployment shop/checkout-api',
      title: 'crash-loops: exit code 137, started again 14 times',
    },
    { severity: 'medium', check: 'kubernetes/nodes', name: 'Node node-b', title: 'has little memory left' },
  ],
});
const DISK = JSON.stringify({
  findings: [{ severity: 'high', check: 'host/disk', name: '/data', title: '/data is 97 % full, full in 3 hours' }],
});
const CLEAN = JSON.stringify({ findings: [], looked: 12 });
const CERT = JSON.stringify({
  findings: [{ severity: 'high', check: 'net/tls', name: 'shop.example.com', title: 'the certificate ends in 6 days' }],
});

/** Names the worst, invents nothing, and does not call it well. */
function summary(data: string, mustName: string): FormCase['judge'] {
  return ({ answer, known }) => {
    if (!known) return 'it says that the data does not answer';
    if (!answer.toLowerCase().includes(mustName)) return `it does not name ${mustName}`;
    if (/\b(?:all is well|everything is (?:fine|ok)|no (?:problems?|issues?))\b/i.test(answer))
      return 'it says that all is well';
    const part = unsupportedPart(answer, { text: data, question: '' });
    return part === null ? null : `it speaks of ${part}, which is not there`;
  };
}

/** Says that it does not know, and names nothing as if it did. */
function refusal(data: string, question: string): FormCase['judge'] {
  return ({ answer, known }) => {
    if (known) return 'it claims that the data answers the question';
    const invented = namesIn(answer).find(
      (name) => !data.toLowerCase().includes(name) && !question.toLowerCase().includes(name),
    );
    if (invented !== undefined) return `it speaks of ${invented}, which is not there`;
    const part = unsupportedPart(`not ${answer}`, { text: data, question });
    return part === null ? null : `it speaks of ${part}, which is not there`;
  };
}

const formCase = (
  kind: FormCase['kind'],
  name: string,
  data: string,
  question: string,
  judge: FormCase['judge'],
): FormCase => ({ kind, name, data, question, judge });

export const FORM_CASES: readonly FormCase[] = [
  formCase('summary', 'the worst of two findings', CRASH, 'What is wrong?', summary(CRASH, 'checkout-api')),
  formCase('summary', 'a figure as it stands', DISK, 'Is there room on /data?', summary(DISK, '/data')),
  formCase('summary', 'a name with dots', CERT, 'Which certificate ends soon?', summary(CERT, 'shop.example.com')),
  formCase('summary', 'a second finding', CRASH, 'Is a node short of something?', summary(CRASH, 'node-b')),
  formCase(
    'refusal',
    'something that nobody looked at',
    CRASH,
    'Is the database orders-db healthy?',
    refusal(CRASH, 'Is the database orders-db healthy?'),
  ),
  formCase(
    'refusal',
    'no findings at all',
    CLEAN,
    'Why does payment-worker crash?',
    refusal(CLEAN, 'Why does payment-worker crash?'),
  ),
  formCase(
    'refusal',
    'a figure that was not read',
    DISK,
    'How much memory is free?',
    refusal(DISK, 'How much memory is free?'),
  ),
  formCase(
    'refusal',
    'another host',
    CERT,
    'Does the certificate of api.example.org end soon?',
    refusal(CERT, 'Does the certificate of api.example.org end soon?'),
  ),
];

const CHECK: SuiteTool = {
  name: 'run_check',
  description:
    'Looks at live systems now. host/disk: room on file systems; host/memory: memory; kubernetes/nodes: nodes of a cluster',
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['check'],
    properties: { check: { type: 'string', enum: ['host/disk', 'host/memory', 'kubernetes/nodes'] } },
  },
  answer: '{"outcome":"ok","findings":[],"wellCount":3}',
};
const LOGS: SuiteTool = {
  name: 'logs',
  description: 'The last lines of the log of a pod (namespace/name).',
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['pod'],
    properties: { pod: { type: 'string', enum: ['shop/web-1', 'shop/checkout-api-2'] } },
  },
  answer: 'panic: connection refused',
};

function called(tool: string, key: string, value: string): ToolCase['judge'] {
  return (calls, text) => {
    if (calls.length === 0)
      return /run_check|logs|tool_call/.test(text) ? 'it writes a tool call as text' : 'it calls no tool';
    const stranger = calls.find((call) => call.tool !== 'run_check' && call.tool !== 'logs');
    if (stranger !== undefined) return `it calls ${stranger.tool.slice(0, 40)}, which is not there`;
    const right = calls.some((call) => call.tool === tool && valueOf(call.input, key) === value);
    return right ? null : `it does not call ${tool} with ${value}`;
  };
}

function valueOf(input: unknown, key: string): unknown {
  return typeof input === 'object' && input !== null ? Reflect.get(input, key) : undefined;
}

const toolCase = (name: string, question: string, judge: ToolCase['judge']): ToolCase => ({
  kind: 'tool',
  name,
  question,
  tools: [CHECK, LOGS],
  judge,
});

export const TOOL_CASES: readonly ToolCase[] = [
  toolCase(
    'the right check',
    'Is there room on the disks of this machine? Look now.',
    called('run_check', 'check', 'host/disk'),
  ),
  toolCase(
    'another check',
    'Are the nodes of the cluster ready? Look now.',
    called('run_check', 'check', 'kubernetes/nodes'),
  ),
  toolCase(
    'the right tool',
    'What does the pod checkout-api-2 in shop write to its log?',
    called('logs', 'pod', 'shop/checkout-api-2'),
  ),
  toolCase(
    'memory, not disk',
    'Is this machine short of memory? Look now.',
    called('run_check', 'check', 'host/memory'),
  ),
];

export function scored(one: Pick<ScoredCase, 'name' | 'kind'>, why: string | null): ScoredCase {
  return { name: one.name, kind: one.kind, passed: why === null, why };
}
