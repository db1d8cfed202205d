import { canonicalJson } from './canonical-json.ts';
import { digestOf, type Digest } from './digest.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** An MCP server of others whose tools may be read, as the configuration has it. */
export interface McpServer {
  readonly name: string;
  readonly way: McpWay;
  /** The names of the tools that may be called: exactly these, and no pattern. */
  readonly tools: readonly string[];
  /** Whether models may call them while they answer a question. */
  readonly ask: boolean;
  /** Of one call, and of the beginning; milliseconds. */
  readonly timeoutMs: number;
  /** Of one result, bytes. */
  readonly maxOutput: number;
}

/** How a server is reached. Of secrets it holds the names of environment variables, and no value. */
export type McpWay =
  | {
      readonly kind: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      /** Variables that are handed on, besides those that every program needs. */
      readonly env: readonly string[];
      /** null: the home of the operator. */
      readonly cwd: string | null;
    }
  | { readonly kind: 'http'; readonly url: string; readonly tokenEnv: string | null };

/** A tool as its server describes it, less what changes nothing for who calls it (`_meta`, `icons`). */
export interface McpTool {
  readonly name: string;
  readonly definition: JsonObject;
}

/** What the operator trusted: this description of this tool, from a server that is started or reached like this. */
export interface ToolPin {
  readonly server: string;
  readonly tool: string;
  readonly digest: Digest;
  readonly definition: JsonObject;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What the configuration and the operator say of servers; handed to their provider. */
export interface McpTrust {
  readonly servers: ReadonlyMap<string, McpServer>;
  /** null: the operator did not trust it, or the pin is not one that this program wrote. */
  pinOf(server: string, tool: string): ToolPin | null;
}

/**
 * What a pin holds to. A server that is reached another way is another server: what was trusted of the one is not
 * trusted of the other (CVE-2025-54136).
 */
export function toolDigest({ name, way }: McpServer, definition: JsonObject): Digest {
  return digestOf('mcp-tool', { server: name, way, definition });
}

/**
 * Why a tool is not taken for one that reads; null when it says of itself that it does. What it says is a hint and no
 * proof (MCP, ToolAnnotations): a tool that says nothing is taken, as the protocol has it, for one that may destroy.
 */
export function whyNotRead(definition: JsonObject): string | null {
  const annotations = definition['annotations'];
  const hints = isObject(annotations) ? annotations : {};
  if (hints['readOnlyHint'] !== true) return 'it does not say that it only reads (annotations.readOnlyHint: true)';
  return hints['destructiveHint'] === true ? 'it says that it may destroy' : null;
}

/** One part of a description that is not as it was trusted. */
export interface ToolDifference {
  /** `description`, `inputSchema.properties.queue`. */
  readonly part: string;
  /** null: there was none. */
  readonly was: JsonValue;
  /** null: there is none. */
  readonly is: JsonValue;
}

/** Where two descriptions differ: as deep as both are objects. */
export function toolDifferences(was: JsonObject, is: JsonObject, above = ''): readonly ToolDifference[] {
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted();
  return keys.flatMap((key): readonly ToolDifference[] => {
    const [before, after] = [own(was, key), own(is, key)];
    if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after)) return [];
    const part = above === '' ? key : `${above}.${key}`;
    if (isObject(before) && isObject(after)) return toolDifferences(before, after, part);
    return [{ part, was: before ?? null, is: after ?? null }];
  });
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
