import * as z from 'zod';
import type { StatefulApp } from '../app/app.ts';
import { CodedError } from '../domain/coded-error.ts';
import { printable } from '../domain/printable.ts';

/** What a tool is called with beside its arguments. */
export interface ToolCall {
  readonly app: StatefulApp;
  /** What the client calls itself. Nothing is decided by it but whose cursor, and in whose name a draft is made. */
  readonly client: string;
  /** Aborted when the client cancels or goes away. */
  readonly signal: AbortSignal;
  /** Tells the client how far it is, when it asked to be told. */
  onProgress(words: string): void;
  /** Runs a read command of the command line in this process. */
  readonly command: RunCommand;
}

export type RunCommand = (args: readonly string[], signal: AbortSignal) => Promise<CommandResult>;

export interface CommandResult {
  readonly exitCode: number;
  /** Redacted, as the terminal would be told. */
  readonly output: string;
  readonly messages: string;
}

/** How a call ended. `document` is not redacted yet as a whole: the server does that, once, for all tools. */
export type ToolOutcome =
  | { readonly status: 'answered'; readonly document: object }
  | { readonly status: 'refused'; readonly code: string; readonly says: string };

/** A tool of the server: closed input, known output, and nothing that a client could change but its own cursor and drafts. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema;
  readonly annotations: ToolAnnotations;
  call(call: ToolCall, input: unknown): Promise<ToolOutcome>;
}

export type JsonSchema = { readonly type: 'object' } & Readonly<Record<string, unknown>>;

/** What MCP calls hints, said truly. */
export interface ToolAnnotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  /** Whether it asks systems outside this process. */
  readonly openWorldHint: boolean;
}

interface ToolSpec<Input extends z.ZodObject, Output extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  /** `stored`: what is on this machine; `live`: asks outside; `draft`: makes a plan that waits. */
  readonly kind: 'stored' | 'live' | 'draft';
  run(call: ToolCall, input: z.infer<Input>): Promise<z.input<Output>>;
}

const ANNOTATIONS: Readonly<Record<'stored' | 'live' | 'draft', ToolAnnotations>> = {
  stored: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  live: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  draft: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
};

/** Errors of these kinds are for whoever asked; any other is a bug, and is not told to a client. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(spec: ToolSpec<Input, Output>): Tool {
  const { name, title, description, kind } = spec;
  return {
    name,
    title,
    description,
    annotations: ANNOTATIONS[kind],
    inputSchema: schemaOf(spec.input, 'input'),
    outputSchema: schemaOf(spec.output, 'output'),
    call: async (call, input) => {
      const read = spec.input.safeParse(input ?? {});
      if (!read.success) return { status: 'refused', code: 'USAGE', says: issuesIn(read.error.issues) };
      try {
        return { status: 'answered', document: await spec.run(call, read.data) };
      } catch (error) {
        if (!(error instanceof CodedError) || error.code === 'INTERNAL') throw error;
        const { code, message, where, next } = error;
        const says = [where === null ? message : `${where}: ${message}`, ...(next === null ? [] : [`next: ${next}`])];
        return { status: 'refused', code, says: says.join('; ') };
      }
    },
  };
}

function issuesIn(issues: readonly z.core.$ZodIssue[]): string {
  return issues
    .slice(0, 5)
    .map(
      ({ path, message }) =>
        `${path.length === 0 ? 'the arguments' : printable(path.map(String).join('.'))}: ${message}`,
    )
    .join('; ');
}

function schemaOf(schema: z.ZodObject, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return { ...rest, type: 'object' };
}
