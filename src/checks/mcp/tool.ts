import type { Check, Failure, Observation } from '../../domain/check.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { parseJsonPath, valueAt } from '../../domain/json-path.ts';
import { printable, printableStart } from '../../domain/printable.ts';
import { everyResource, resourceId } from '../../domain/resource-id.ts';
import type { McpReader, ToolResult } from '../../providers/mcp/reader.ts';
import { checkResult, type CheckResult } from './check-result.ts';
import { shownScalar, toolFacts, type ToolFacts } from './tool-facts.ts';
import { judgeMeasured, judgeTold } from './tool-judgement.ts';
import { toolParams, type ToolParams } from './tool-params.ts';

export const check: Check<McpReader, ToolParams> = {
  id: 'mcp/tool',
  title: "A tool of somebody else's MCP server says that all is well",
  keywords: ['mcp', 'tool', 'custom check', 'plug-in'],
  description: `Calls one tool of an MCP server of others (stdio or HTTP), so that a check may be written in any language. Only a tool is called that the configuration allows by name (\`mcp.servers\`), that says of itself that it only reads (\`annotations.readOnlyHint\`), and whose description is, to the byte, the one that you trusted (\`holdfast mcp servers trust\`).

It reports in one of two ways:
- the tool judges: its result (\`structuredContent\`, or its text as JSON) is a \`holdfast/check-result/v1\`, and its findings are taken over with their severities. Their order and number may change; a finding is known again by its resource and its \`id\`;
- the runbook judges: each condition of \`healthyWhen\` that does not hold of the result is a finding (\`severity\`, default high), by its path.

It is **unknown**, and not a finding, when the tool is not allowed, not trusted, or not as it was trusted; when its server can't be started or reached, dies, is late, or says too much; when the tool says that it failed; when its result is neither what was promised nor JSON; and when a path leads to nothing, or to no single value.

A server is started once for a run. See docs/mcp-client.md.

Tried against servers written with the official SDK (Node) and with the standard library alone (Python), both in examples/, and against servers that misbehave on purpose.`,
  standalone: false,
  params: toolParams,
  timeoutMs: 120_000,

  async read(reader, params, { signal, together }) {
    const { server, tool } = params;
    const [resource, name] =
      params.healthyWhen === undefined
        ? [everyResource('mcp', server, tool), `${server}/${tool}`]
        : [resourceId('mcp', server, tool, params.resource), printable(params.resource)];
    const hidden = (failure: Failure): Observation => ({ status: 'unknown', resource, name, failure });
    const asked = await reader.call({ server, tool, input: params.arguments }, signal, together);
    if (asked.status === 'unknown') return [hidden(asked.failure)];
    const result = asked.value;
    if (result.isError) return [hidden(unwilling(params, result))];
    return params.healthyWhen === undefined ? told(params, result, hidden) : [measured(params, result, hidden)];
  },

  judge(seen, params) {
    const facts = toolFacts.parse(seen.facts);
    return facts.by === 'tool' ? judgeTold(facts) : judgeMeasured(seen.name, facts, params);
  },
};

type Hide = (failure: Failure) => Observation;

function unwilling({ server, tool }: ToolParams, { text }: ToolResult): Failure {
  const words = printableStart(text.trim(), 300);
  return {
    code: 'MCP_TOOL_FAILED',
    message: `The tool "${tool}" of the MCP server "${server}" failed${words === '' ? '' : `: ${words}`}`,
  };
}

function told(params: ToolParams, result: ToolResult, hidden: Hide): readonly Observation[] {
  const read = checkResult.safeParse(documentOf(result));
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = issue?.path.map(String).join('.') || 'the result';
    return [hidden(misfit(params, `no holdfast/check-result/v1 (${where}: ${issue?.message ?? 'wrong'})`))];
  }
  return read.data.resources.map((one) => observed(params, one));
}

function observed({ server, tool }: ToolParams, one: CheckResult['resources'][number]): Observation {
  const identity = {
    resource: resourceId('mcp', server, tool, one.resource),
    name: printable(one.name ?? one.resource),
  };
  if (one.unknown !== undefined)
    return { status: 'unknown', ...identity, failure: { code: 'MCP_COULD_NOT_LOOK', message: printable(one.unknown) } };
  const facts: JsonObject = {
    by: 'tool',
    server,
    tool,
    findings: one.findings.map(({ id, severity, title, why, next, evidence }) => ({
      id,
      severity,
      title: printable(title),
      why: why === undefined ? null : printable(why),
      next: next === undefined ? null : printable(next),
      evidence: evidence.map(({ label, value }) => ({ label: printable(label), value: shown(value) })),
    })),
  };
  return { status: 'seen', ...identity, facts };
}

function measured(params: ToolParams, result: ToolResult, hidden: Hide): Observation {
  const { server, tool, healthyWhen = [], resource } = params;
  const document = documentOf(result);
  if (document === undefined) return hidden(misfit(params, 'no JSON'));
  const values: { path: string; value: string | number | boolean | null }[] = [];
  for (const { path } of healthyWhen) {
    const value = valueAt(document, parseJsonPath(path) ?? []);
    if (value === undefined || (typeof value === 'object' && value !== null))
      return hidden(misfit(params, `${value === undefined ? 'nothing' : 'no single value'} at ${path}`));
    values.push({ path, value: shownScalar(value) });
  }
  const facts: ToolFacts = { by: 'conditions', server, tool, values };
  return { status: 'seen', resource: resourceId('mcp', server, tool, resource), name: printable(resource), facts };
}

function misfit({ server, tool }: ToolParams, what: string): Failure {
  return {
    code: 'MCP_RESULT_INVALID',
    message: `The tool "${tool}" of the MCP server "${server}" answered ${printableStart(what, 400)}.`,
  };
}

/** Structured where it is; else its text, if that is JSON. */
function documentOf({ structured, text }: ToolResult): JsonValue | undefined {
  if (structured !== null) return structured;
  try {
    const document: JsonValue = JSON.parse(text);
    return document;
  } catch {
    return undefined; // said as "no JSON", or as no check result
  }
}

/** What can't be seen is escaped, as evidence is read by people. */
function shown(value: JsonValue): JsonValue {
  if (typeof value === 'string') return printable(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(shown);
  const object: JsonObject = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [printable(key), shown(item)]),
  );
  return object;
}
