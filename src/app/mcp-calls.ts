import { printable } from '../domain/printable.ts';
import { redactedStart } from '../domain/redaction/redacted-start.ts';
import type { StatefulApp } from './app.ts';

export interface McpCall {
  /** What the client calls itself. */
  readonly client: string;
  readonly tool: string;
  /** As it was sent: JSON. */
  readonly input: unknown;
  /** `answered`, `refused: USAGE`, `cancelled`, `failed`. */
  readonly outcome: string;
}

/** Of longer arguments the log keeps the size alone, bytes. */
const KEPT_BYTES = 4_096;

/** Writes a client's call into the audit log. Whoever calls seals the head, now and then. */
export function recordCall({ audit, redactor }: StatefulApp, { client, tool, input, outcome }: McpCall): void {
  const bytes = Buffer.byteLength(JSON.stringify(input ?? null));
  const said = bytes > KEPT_BYTES ? { bytes } : { arguments: input ?? null };
  audit.append({
    actor: { kind: 'mcp', name: client },
    verb: 'mcp-called',
    object: redactedStart(redactor, printable(tool), 100),
    outcome,
    detail: redactor.data(JSON.parse(JSON.stringify(said))),
  });
}
