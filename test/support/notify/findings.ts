import { digestOf } from '../../../src/domain/digest.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import { findingId } from '../../../src/domain/id.ts';
import type { Notification } from '../../../src/domain/notification.ts';
import type { RunReport } from '../../../src/domain/run.ts';
import type { Routing, Told } from '../../../src/domain/told.ts';
import { notifyConfigSchema, type NotifyConfig } from '../../../src/notify-config.ts';
import type { Circumstances } from '../../../src/notify/rules.ts';
import { routingRules } from '../../../src/notify/rules.ts';
import { aRun } from '../run.ts';
import { redactor } from '../sighting.ts';

export const HOUR = 3_600_000;

/** A finding by the name of what it is about; open, new and high unless told otherwise. */
export function aFinding(name: string, edit: Partial<Finding> = {}): Finding {
  const key = digestOf('finding', [name, edit.runbook ?? 'heartbeat']);
  return {
    id: findingId(key),
    key,
    check: 'host/disk',
    runbook: 'heartbeat',
    resource: redactor.text(`host:abc/mount/${name}`),
    name: redactor.text(name),
    discriminator: redactor.text('space'),
    severity: 'high',
    standing: 'new',
    title: redactor.text(`${name} is 91 % full`),
    why: redactor.text('a full disk stops what writes to it'),
    next: redactor.text('du -xh'),
    evidence: [],
    evidenceClass: null,
    monthlyCost: null,
    firstSeen: 0,
    lastSeen: 0,
    resolvedAt: null,
    resolvedBecause: null,
    cleanStreak: 0,
    reopened: 0,
    flapping: false,
    turns: [0],
    mute: null,
    acknowledgement: null,
    ...edit,
  };
}

export function aReport(findings: readonly Finding[], notLookedAt: readonly Finding[] = []): RunReport {
  return {
    run: aRun({
      status: 'done',
      runbook: findings[0]?.runbook ?? 'heartbeat',
      findings: findings.map(({ key, standing, severity, title }) => ({
        key,
        standing,
        severity,
        title,
        looked: !notLookedAt.some((other) => other.key === key),
      })),
    }),
    findings,
    interrupted: [],
  };
}

export function aConfig(edit: unknown = {}): NotifyConfig {
  return notifyConfigSchema.parse(edit);
}

export const rules = routingRules(aConfig());

let drawn = 0;
/** Every call draws other bytes, and every run of the tests the same. */
export const random = (size: number): Uint8Array => {
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, (drawn += 4_096));
  return bytes;
};

export function moment(edit: Partial<Circumstances> = {}): Circumstances {
  return { now: 0, quiet: false, lately: { lastHour: 0, lastDay: 0 }, redactor, random, ...edit };
}

/** What the rows are after a routing was kept. */
export function keep(
  before: readonly Told[],
  { told, forgotten }: Pick<Routing, 'told' | 'forgotten'>,
): readonly Told[] {
  const rows = new Map(before.map((row) => [row.key, row]));
  for (const row of told) rows.set(row.key, row);
  for (const key of forgotten) rows.delete(key);
  return [...rows.values()];
}

/** `new high /data is 91 % full` of every line of every message. */
export function said({ messages }: Pick<Routing, 'messages'>): readonly string[] {
  return messages.flatMap(({ notification }) =>
    notification.lines.map(({ news, severity, text }) => `${news} ${severity} ${text}`),
  );
}

export function aNotification(edit: Partial<Notification> = {}): Notification {
  return {
    id: 'n-0123456789AB',
    at: 1_000,
    kind: 'findings',
    runbook: 'heartbeat',
    run: 'r-0123456789AB',
    severity: 'high',
    title: redactor.text('heartbeat: 1 new'),
    lines: [{ finding: 'f-0123456789AB', severity: 'high', news: 'new', text: redactor.text('/data is 91 % full') }],
    more: 0,
    ...edit,
  };
}
