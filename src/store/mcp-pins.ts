import { createHmac } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json.ts';
import type { JsonObject } from '../domain/json.ts';
import type { ToolPin } from '../domain/mcp-server.ts';
import type { Database } from './database.ts';
import { isCode } from './keyed-code.ts';
import { ownJson } from './own-json.ts';

export interface McpPinsTable {
  /** null: there is none, or it was not written by this program. */
  get(server: string, tool: string): ToolPin | null;
  set(pin: ToolPin): void;
  /** Whether there was one. */
  remove(server: string, tool: string): boolean;
}

/** `key` is the installation's own, kept outside of the database (decision 13). */
export function mcpPinsTable({ sqlite, attempt }: Database, key: Uint8Array): McpPinsTable {
  const select = sqlite.prepare('SELECT * FROM mcp_pins WHERE server = ? AND tool = ?');
  const upsert = sqlite.prepare(
    'INSERT OR REPLACE INTO mcp_pins (server, tool, digest, definition, at, mac) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const remove = sqlite.prepare('DELETE FROM mcp_pins WHERE server = ? AND tool = ?');
  return {
    get: (server, tool) => {
      const row = attempt(() => select.get(server, tool));
      if (row === undefined || !isCode(row['mac'], codeOf(row, key))) return null;
      return {
        server,
        tool,
        digest: `sha256:${String(row['digest']).slice('sha256:'.length)}`,
        definition: ownJson<JsonObject>(String(row['definition'])),
        at: Number(row['at']),
      };
    },
    set: ({ definition, ...pin }) => {
      const row = { ...pin, definition: canonicalJson(definition) };
      const mac = codeOf(row, key).toString('hex');
      attempt(() => upsert.run(row.server, row.tool, row.digest, row.definition, row.at, mac));
    },
    remove: (server, tool) => attempt(() => remove.run(server, tool).changes > 0),
  };
}

function codeOf({ server, tool, digest, definition, at }: Readonly<Record<string, unknown>>, key: Uint8Array): Buffer {
  return createHmac('sha256', key)
    .update(canonicalJson(['holdfast/mcp-pin/v1', server, tool, digest, definition, Number(at)]))
    .digest();
}
