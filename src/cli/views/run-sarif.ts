import type { FindingDocument } from '../../documents/finding-schema.ts';
import type { RunDocument } from '../../documents/run-schema.ts';
import type { Severity } from '../../domain/severity.ts';
import { unseenBy, type Picture, type Unseen } from './picture.ts';

/** What the catalogue says of a check, by id. */
export type CheckTexts = ReadonlyMap<string, { readonly title: string; readonly description: string }>;

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** Where names of resources stand in the place of files. */
const RESOURCES = 'RESOURCES';

/**
 * A SARIF 2.1.0 log: a run for each picture, a result for each open finding, muted ones with their suppression, and a
 * notification for whatever could not be looked at: a mute never reaches those. What is resolved is left out, because
 * readers close what is not there. The fingerprint is the finding's key, so that a finding is one alert over time.
 */
export function sarifLog(pictures: readonly Picture[], texts: CheckTexts, version: string): object {
  return { $schema: SCHEMA, version: '2.1.0', runs: pictures.map((picture) => sarifRun(picture, texts, version)) };
}

function sarifRun({ runbook, run, findings }: Picture, texts: CheckTexts, version: string): object {
  const open = findings.filter(({ standing }) => standing !== 'resolved');
  const asked = [...(run?.checks ?? []).map(({ id }) => id), ...open.map(({ check }) => check)];
  const rules = [...new Set(asked)].toSorted();
  const unlooked = new Set(run?.notLookedAt ?? []);
  return {
    tool: { driver: { name: 'Holdfast', semanticVersion: version, rules: rules.map((id) => ruleOf(id, texts)) } },
    automationDetails: { id: `holdfast/${encodeURIComponent(runbook)}/${run?.id ?? ''}` },
    originalUriBaseIds: {
      [RESOURCES]: { description: { text: 'Names of resources that were looked at. They are no files.' } },
    },
    ...(run === null ? {} : { invocations: [invocationOf(run, rules)] }),
    results: open.map((finding) => resultOf(finding, rules.indexOf(finding.check), !unlooked.has(finding.id))),
  };
}

function ruleOf(id: string, texts: CheckTexts): object {
  const text = texts.get(id);
  if (text === undefined) return { id };
  return {
    id,
    shortDescription: { text: text.title },
    help: { text: text.description, markdown: text.description },
  };
}

function resultOf(finding: FindingDocument, ruleIndex: number, looked: boolean): object {
  const { check, severity, title, why, next, key, id, standing, resource, name, mute, disposition } = finding;
  const uri = resource
    .toWellFormed()
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/');
  return {
    ruleId: check,
    ruleIndex,
    kind: 'fail',
    level: levelOf(severity),
    message: { text: `${title}\n\n${why}\n\nNext: ${next}` },
    locations: [
      {
        // Some readers take no result without a file and a line.
        physicalLocation: { artifactLocation: { uri, uriBaseId: RESOURCES }, region: { startLine: 1 } },
        logicalLocations: [logicalLocation(resource, name)],
      },
    ],
    partialFingerprints: { 'holdfastFindingKey/v1': key },
    baselineState: baselineStateOf(standing),
    // Of all results or of none: the empty list says "not suppressed".
    suppressions:
      disposition === 'muted' && mute !== null
        ? [
            {
              kind: 'external',
              status: 'accepted',
              justification: mute.reason,
              properties: { until: mute.until, rule: mute.rule },
            },
          ]
        : [],
    properties: {
      finding: id,
      severity,
      standing,
      disposition,
      looked,
      firstSeen: finding.firstSeen,
      lastSeen: finding.lastSeen,
      evidence: finding.evidence,
    },
  };
}

function logicalLocation(resource: string, name: string): object {
  return { name, fullyQualifiedName: resource, kind: 'resource' };
}

function levelOf(severity: Severity): 'error' | 'warning' | 'note' {
  switch (severity) {
    case 'critical':
    case 'high':
      return 'error';
    case 'medium':
      return 'warning';
    case 'low':
    case 'info':
      return 'note';
  }
}

function baselineStateOf(standing: FindingDocument['standing']): 'new' | 'updated' | 'unchanged' {
  return standing === 'new' ? 'new' : standing === 'changed' ? 'updated' : 'unchanged';
}

function invocationOf(run: RunDocument, rules: readonly string[]): object {
  const ended = run.durationMs === null ? null : new Date(Date.parse(run.startedAt) + run.durationMs).toISOString();
  const failed =
    run.status === 'done'
      ? []
      : [
          {
            level: 'error',
            message: { text: `The run is ${run.status}${run.reason === null ? '' : `: ${run.reason}`}` },
          },
        ];
  return {
    executionSuccessful: run.status === 'done',
    startTimeUtc: run.startedAt,
    ...(ended === null ? {} : { endTimeUtc: ended }),
    toolExecutionNotifications: [
      ...failed,
      ...unseenBy(run).map((unseen) => notificationOf(unseen, rules)),
      ...run.checks.flatMap(({ id, note }) =>
        note === undefined
          ? []
          : [{ level: 'note', message: { text: note }, associatedRule: { id, index: rules.indexOf(id) } }],
      ),
    ],
  };
}

/** `error` is SARIF's word for what makes the results incomplete. */
function notificationOf({ check, resource, name, code, message }: Unseen, rules: readonly string[]): object {
  return {
    level: 'error',
    message: { text: `${resource === null ? check : `${check}, ${name}`}: could not look: ${message}` },
    associatedRule: { id: check, index: rules.indexOf(check) },
    ...(resource === null ? {} : { locations: [{ logicalLocations: [logicalLocation(resource, name)] }] }),
    properties: { code },
  };
}
