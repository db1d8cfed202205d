import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/domain/check.ts';
import { seen, unknown, type Looked } from '../../../src/domain/failure.ts';
import { check } from '../../../src/checks/mcp/tool.ts';
import { toolParams } from '../../../src/checks/mcp/tool-params.ts';
import type { McpReader, ToolResult, ToolWish } from '../../../src/providers/mcp/reader.ts';

const SCHEMA = 'holdfast/check-result/v1';

function look(
  answer: Looked<ToolResult>,
  params: object = {},
): { readonly asked: ToolWish[]; seen(): Promise<readonly Observation[]> } {
  const asked: ToolWish[] = [];
  const reader: McpReader = {
    call: async (wish) => {
      asked.push(wish);
      return answer;
    },
    tools: async () => seen([]),
  };
  const { signal } = new AbortController();
  const context = { signal, together: { signal }, clock: { now: () => 0, monotonic: () => 0 }, earlier: () => [] };
  return {
    asked,
    seen: () => check.read(reader, toolParams.parse({ server: 'spool', tool: 'backlog', ...params }), context),
  };
}

const structured = (value: object): Looked<ToolResult> =>
  seen({ isError: false, structured: JSON.parse(JSON.stringify(value)), text: '' });
const text = (words: string, isError = false): Looked<ToolResult> => seen({ isError, structured: null, text: words });

describe('a tool that judges', () => {
  it('is called with its arguments, and each of its resources is seen, well or not', async () => {
    const finding = {
      id: 'backlog',
      severity: 'high',
      title: 'orders waits',
      evidence: [{ label: 'jobs', value: 12 }],
    };
    const { asked, seen: observations } = look(
      structured({
        schema: SCHEMA,
        resources: [
          { resource: 'orders', findings: [finding] },
          { resource: 'mail', name: 'Mail' },
        ],
      }),
      { arguments: { minutes: 5 } },
    );
    expect(await observations()).toMatchObject([
      {
        status: 'seen',
        resource: 'mcp:spool/backlog/orders',
        name: 'orders',
        facts: { findings: [{ id: 'backlog' }] },
      },
      { status: 'seen', resource: 'mcp:spool/backlog/mail', name: 'Mail', facts: { findings: [] } },
    ]);
    expect(asked).toEqual([{ server: 'spool', tool: 'backlog', input: { minutes: 5 } }]);
  });

  it('may say it in words that are JSON', async () => {
    const { seen: observations } = look(text(JSON.stringify({ schema: SCHEMA, resources: [{ resource: 'orders' }] })));
    expect(await observations()).toMatchObject([{ status: 'seen', resource: 'mcp:spool/backlog/orders' }]);
  });

  it('hides what it could not look at, and nothing else', async () => {
    const { seen: observations } = look(
      structured({
        schema: SCHEMA,
        resources: [{ resource: 'orders', unknown: 'permission denied' }, { resource: 'mail' }],
      }),
    );
    expect(await observations()).toMatchObject([
      { status: 'unknown', resource: 'mcp:spool/backlog/orders', failure: { message: 'permission denied' } },
      { status: 'seen' },
    ]);
  });

  it('rewrites no line of a terminal, and is no wildcard', async () => {
    const finding = {
      id: 'x',
      severity: 'low',
      title: 'a\u001b[2Jb\u202e',
      evidence: [{ label: 'l\n', value: { 'k\r': ['v\u0007'] } }],
    };
    const { seen: observations } = look(
      structured({ schema: SCHEMA, resources: [{ resource: 'q/*', findings: [finding] }] }),
    );
    const [one] = await observations();
    expect(one?.resource).toBe('mcp:spool/backlog/q/%2A');
    // oxlint-disable-next-line no-control-regex -- what is looked for
    expect(JSON.stringify(one)).not.toMatch(/\\u001b|\\u0007|\\n|\\r|\u202e/);
  });

  it.each([
    ['of another kind', { schema: 'holdfast/check-result/v2', resources: [] }, 'schema'],
    ['with a key that nobody knows', { schema: SCHEMA, resources: [{ resource: 'a', healthy: true }] }, 'healthy'],
    [
      'with a severity that there is not',
      { schema: SCHEMA, resources: [{ resource: 'a', findings: [{ id: 'x', severity: 'bad', title: 't' }] }] },
      'severity',
    ],
    [
      'with an id of prose',
      {
        schema: SCHEMA,
        resources: [{ resource: 'a', findings: [{ id: '12 jobs wait', severity: 'low', title: 't' }] }],
      },
      'id',
    ],
    ['with one name twice', { schema: SCHEMA, resources: [{ resource: 'a' }, { resource: 'a' }] }, 'same name'],
    [
      'with one finding twice',
      {
        schema: SCHEMA,
        resources: [
          {
            resource: 'a',
            findings: [
              { id: 'x', severity: 'low', title: 't' },
              { id: 'x', severity: 'low', title: 'u' },
            ],
          },
        ],
      },
      'same id',
    ],
    [
      'unseen and yet found',
      {
        schema: SCHEMA,
        resources: [{ resource: 'a', unknown: 'no', findings: [{ id: 'x', severity: 'low', title: 't' }] }],
      },
      'could not be looked at',
    ],
    [
      'without end',
      { schema: SCHEMA, resources: Array.from({ length: 1_001 }, (_, at) => ({ resource: `r${at}` })) },
      'resources',
    ],
    ['without anything', {}, 'schema'],
  ])('is unknown, all of it, when its result is one %s', async (_how, result, words) => {
    expect(await look(structured(result)).seen()).toMatchObject([
      {
        status: 'unknown',
        resource: 'mcp:spool/backlog/*',
        failure: { code: 'MCP_RESULT_INVALID', message: expect.stringContaining(words) },
      },
    ]);
  });

  it('is unknown when it says that it failed, was not asked, or says something else', async () => {
    expect(await look(text('the database\u001b is away', true)).seen()).toMatchObject([
      { failure: { code: 'MCP_TOOL_FAILED', message: expect.stringContaining('the database\\u{1b} is away') } },
    ]);
    expect(await look(unknown('MCP_DIED', 'it ended')).seen()).toMatchObject([{ failure: { code: 'MCP_DIED' } }]);
    expect(await look(text('all is well')).seen()).toMatchObject([{ failure: { code: 'MCP_RESULT_INVALID' } }]);
  });
});

describe('a runbook that judges', () => {
  const params = {
    resource: 'orders',
    healthyWhen: [
      { path: '$.queues[0].depth', atMost: 10 },
      { path: '$.status', equals: 'ok' },
    ],
  };

  it('sees what is at its paths', async () => {
    expect(await look(structured({ queues: [{ depth: 11 }], status: 'ok' }), params).seen()).toMatchObject([
      {
        status: 'seen',
        resource: 'mcp:spool/backlog/orders',
        facts: {
          values: [
            { path: '$.queues[0].depth', value: 11 },
            { path: '$.status', value: 'ok' },
          ],
        },
      },
    ]);
  });

  it.each([
    ['nothing', { queues: [], status: 'ok' }, 'nothing at $.queues[0].depth'],
    ['a list', { queues: [{ depth: [1] }], status: 'ok' }, 'no single value at $.queues[0].depth'],
    ['what every object has', { queues: [{ depth: 1 }], __proto__: { status: 'ok' } }, 'nothing at $.status'],
  ])('is unknown when there is %s', async (_what, result, words) => {
    expect(await look(structured(result), params).seen()).toMatchObject([
      { status: 'unknown', resource: 'mcp:spool/backlog/orders', failure: { message: expect.stringContaining(words) } },
    ]);
  });

  it('is unknown when the answer is no JSON', async () => {
    expect(await look(text('{"queues":'), params).seen()).toMatchObject([
      { status: 'unknown', failure: { code: 'MCP_RESULT_INVALID', message: expect.stringContaining('no JSON') } },
    ]);
  });

  it.each([
    [{ healthyWhen: { path: '$..depth', atMost: 1 } }, 'write a path'],
    [{ healthyWhen: { path: '$.depth' } }, 'say what must be there'],
    [{ healthyWhen: { path: '$.depth', equals: 1, atMost: 2 } }, 'has no bounds'],
    [
      {
        healthyWhen: [
          { path: '$.a', atMost: 1 },
          { path: '$.a', atLeast: 0 },
        ],
      },
      'the same path',
    ],
    [{ healthyWhen: [] }, ''],
    [{ arguments: [] }, ''],
  ])('%j is a mistake', (wrong, words) => {
    const read = toolParams.safeParse({ server: 'spool', tool: 'backlog', ...wrong });
    expect(read.success).toBe(false);
    expect(JSON.stringify(read.error?.issues)).toContain(words);
  });
});
