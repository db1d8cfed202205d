import type { JsonObject } from '../../domain/json.ts';
import type { AgentTool } from '../../domain/models.ts';
import type { Redacted } from '../../domain/redaction/redacted.ts';
import { fenced } from '../../agents/fence.ts';
import { SEVERITIES } from '../../domain/severity.ts';
import { findingsTable } from '../../store/findings.ts';
import type { StatefulApp } from '../app.ts';
import type { AskedLook } from './looks.ts';
import { lookWithAll } from './looks.ts';

import { mcpTools } from './mcp-tools.ts';
import { lookText, type Shelf } from './shelf.ts';
import type { Signpost, Together } from '../../domain/check.ts';
import { clusterTools } from './cluster-tools.ts';

export interface ToolsRequest {
  readonly shelf: Shelf;
  /** Checks that may be asked, the likeliest first. */
  readonly checks: readonly Signpost[];
  readonly providers: ReadonlySet<string>;
  readonly context: string | undefined;
  /** Namespaces that were seen. */
  readonly namespaces: readonly string[];
  readonly together: Together;
  readonly signal: AbortSignal;
  /** What a check brought that the model asked for. */
  onLook(look: AskedLook): void;
}

/** More choices than these only confuse a small model. */
const CHECKS_OFFERED = 16;
/** How much of what a tool brought the model is shown at once, bytes. */
const SHOWN_BYTES = 6 * 1024;
const PAGE = 20;

/** The reads that a model may ask for: at most five and four of others, each with a closed schema, none of which writes. */
export async function askTools(app: StatefulApp, request: ToolsRequest): Promise<readonly AgentTool[]> {
  const cluster = request.providers.has('kubernetes') ? await clusterTools(app, request) : [];
  return [runCheck(app, request), storedFindings(app, request), ...cluster, ...mcpTools(app, request)];
}

/** Puts what was read on the shelf, and shows it to the model. */
export function shown(
  app: StatefulApp,
  shelf: Shelf,
  source: string,
  input: JsonObject,
  text: string,
): Redacted<string> {
  const exhibit = shelf.put(source, input, text);
  return fenced(`${exhibit.id} ${source}`, exhibit.text, SHOWN_BYTES, app.redactor);
}

function runCheck(app: StatefulApp, request: ToolsRequest): AgentTool {
  const offered = request.checks
    .filter(({ id, standalone }) => standalone && request.providers.has(id.slice(0, id.indexOf('/'))))
    .slice(0, CHECKS_OFFERED);
  const { namespaces, shelf, context } = request;
  return {
    name: 'run_check',
    description: `Looks at live systems now. ${offered.map(({ id, title }) => `${id}: ${title}`).join('; ')}`,
    input: {
      type: 'object',
      additionalProperties: false,
      required: ['check'],
      properties: {
        check: { type: 'string', enum: offered.map(({ id }) => id) },
        ...(namespaces.length === 0
          ? {}
          : { namespace: { type: 'string', enum: [...namespaces], description: 'only for kubernetes checks' } }),
      },
    },
    run: async (input, signal) => {
      const one = offered.find(({ id }) => id === input['check']);
      if (one === undefined) return app.redactor.text('There is no such check.');
      const { namespace } = input;
      const params: JsonObject = {
        ...(typeof namespace === 'string' && one.keys.includes('namespaces') ? { namespaces: [namespace] } : {}),
        ...(context !== undefined && one.keys.includes('context') ? { context } : {}),
      };
      const before = shelf.find(one.id, params);
      if (before !== null) return fenced(`${before.id} ${one.id}`, before.text, SHOWN_BYTES, app.redactor);
      const routed = { check: one, params };
      const [look] = await lookWithAll(app, [routed], {
        signal,
        together: request.together,
        chosenBy: 'model',
        onProgress: () => undefined,
      });
      if (look === undefined) return app.redactor.text('There is no answer.');
      request.onLook(look);
      return shown(app, shelf, one.id, params, lookText(look));
    },
  };
}

function storedFindings(app: StatefulApp, { shelf }: ToolsRequest): AgentTool {
  return {
    name: 'findings',
    description: 'Findings that runs of this machine have on record, open ones, worst first.',
    input: {
      type: 'object',
      additionalProperties: false,
      properties: {
        severity: { type: 'string', enum: [...SEVERITIES] },
        page: { type: 'integer', minimum: 1, maximum: 50 },
      },
    },
    run: async (input) => {
      const page = typeof input['page'] === 'number' ? input['page'] : 1;
      const open = findingsTable(app.database)
        .all({ resolved: false })
        .filter(({ severity }) => input['severity'] === undefined || severity === input['severity'])
        .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
      const rows = open
        .slice((page - 1) * PAGE, page * PAGE)
        .map(({ id, check, severity, standing, title, name }) => ({ id, check, severity, standing, title, name }));
      const pages = Math.max(1, Math.ceil(open.length / PAGE));
      return shown(app, shelf, 'findings', input, JSON.stringify({ total: open.length, page, pages, findings: rows }));
    },
  };
}
