import { objectSchema } from '../../agents/object-schema.ts';
import type { JsonObject } from '../../domain/json.ts';
import { toolDigest, whyNotRead, type McpServer, type ToolPin } from '../../domain/mcp-server.ts';
import type { AgentTool } from '../../domain/models.ts';
import { printableStart } from '../../domain/printable.ts';
import type { StatefulApp } from '../app.ts';
import { isMcpReader } from '../mcp-servers.ts';
import { shown, type ToolsRequest } from './tools.ts';

/** More tools than these only confuse a small model; those that the configuration names first are offered. */
const OFFERED = 4;
const LONGEST_DESCRIPTION = 300;

/**
 * Tools of MCP servers of others: those that the operator allowed, trusted, and opened to models (`ask: true`), as they
 * were trusted. No server is asked before the model asks; then it is, as for a check, only if nothing has changed.
 */
export function mcpTools(app: StatefulApp, request: ToolsRequest): readonly AgentTool[] {
  const { servers, pinOf } = app.provider.mcp ?? { servers: new Map<string, McpServer>(), pinOf: () => null };
  const tools = [...servers.values()]
    .filter(({ ask }) => ask)
    .flatMap((server) =>
      server.tools.flatMap((name) => {
        const pin = pinOf(server.name, name);
        return pin !== null && pin.digest === toolDigest(server, pin.definition) && whyNotRead(pin.definition) === null
          ? toolOf(app, request, pin)
          : [];
      }),
    );
  const names = tools.map(({ name }) => name);
  // Of two that would be called the same, neither is: nobody could say which was meant.
  return tools.filter(({ name }) => names.indexOf(name) === names.lastIndexOf(name)).slice(0, OFFERED);
}

function toolOf(app: StatefulApp, request: ToolsRequest, { server, tool, definition }: ToolPin): readonly AgentTool[] {
  const input = closedInput(definition['inputSchema']);
  if (input === null) return [];
  const { description } = definition;
  const words = typeof description === 'string' ? printableStart(description, LONGEST_DESCRIPTION) : tool;
  return [
    {
      name: `${server}_${tool}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_'),
      description: app.redactor.text(words),
      input,
      run: async (given, signal) => {
        const reader = await app.readers.of('mcp');
        if (!isMcpReader(reader)) return app.redactor.text('It can not be asked.');
        const asked = await reader.call({ server, tool, input: given }, signal, request.together);
        if (asked.status === 'unknown') return app.redactor.text(`It could not be asked: ${asked.failure.message}`);
        const { isError, structured, text } = asked.value;
        const said = structured === null ? text : JSON.stringify(structured);
        return shown(app, request.shelf, `${server}/${tool}`, given, isError ? `It failed: ${said}` : said);
      },
    },
  ];
}

/** Only what the tool names may be asked of it; null for a schema that input can't be held against. */
function closedInput(schema: unknown): JsonObject | null {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return null;
  const closed: JsonObject = { ...schema, type: 'object', additionalProperties: false };
  try {
    objectSchema(closed).safeParse({});
    return closed;
  } catch {
    return null; // of a kind that zod does not read: such a tool is for checks alone
  }
}
