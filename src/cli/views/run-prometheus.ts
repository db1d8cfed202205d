import { SEVERITIES } from '../../domain/severity.ts';
import { unseenBy, type Picture } from './picture.ts';

/**
 * Gauges in Prometheus' text format (version 0.0.4), for a textfile collector or a push: what is open, what could not
 * be looked at, when each runbook last ran. Names and labels are documented in docs/outputs.md and stay as they are.
 * Of several pictures of one runbook the last counts: a series stands once in a file.
 */
export function prometheusText(pictures: readonly Picture[], version: string): string {
  const latest = [...new Map(pictures.map((picture) => [picture.runbook, picture])).values()].toSorted((a, b) =>
    a.runbook < b.runbook ? -1 : 1,
  );
  return [
    gauge('holdfast_info', 'The version of Holdfast that wrote this.', [{ labels: { version }, value: 1 }]),
    gauge(
      'holdfast_findings',
      'Findings that are open, by what is said of them; a group without findings has no series.',
      latest.flatMap(groups),
    ),
    gauge(
      'holdfast_open_findings',
      'Findings that are open, by severity and whether they are muted; every group has a series.',
      latest.flatMap(tally),
    ),
    gauge(
      'holdfast_check_unknown',
      'Whether the latest run could not look at the check, or at a resource of it: 1 or 0.',
      latest.flatMap((picture) => perCheck(picture, ({ unseen }) => (unseen > 0 ? 1 : 0))),
    ),
    gauge(
      'holdfast_check_hidden_resources',
      'How many resources of the check the latest run could not look at.',
      latest.flatMap((picture) => perCheck(picture, ({ hidden }) => hidden)),
    ),
    gauge(
      'holdfast_run_timestamp_seconds',
      'When the latest run began, in seconds since the epoch.',
      latest.flatMap(({ runbook, run }) =>
        run === null ? [] : [{ labels: { runbook }, value: Date.parse(run.startedAt) / 1000 }],
      ),
    ),
    gauge(
      'holdfast_run_duration_seconds',
      'How long the latest run took.',
      latest.flatMap(({ runbook, run }) =>
        run === null || run.durationMs === null ? [] : [{ labels: { runbook }, value: run.durationMs / 1000 }],
      ),
    ),
    gauge(
      'holdfast_run_done',
      'Whether the latest run came to its end: 1, or 0 when it failed.',
      latest.flatMap(({ runbook, run }) =>
        run === null ? [] : [{ labels: { runbook }, value: run.status === 'done' ? 1 : 0 }],
      ),
    ),
  ].join('');
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function gauge(name: string, help: string, series: readonly Series[]): string {
  if (series.length === 0) return '';
  const lines = series.map(({ labels, value }) => {
    const written = Object.entries(labels).map(([label, text]) => `${label}="${labelValue(text)}"`);
    return `${name}{${written.join(',')}} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

/** Backslash, quote and line feed are the three that the format escapes. */
function labelValue(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}

function groups({ runbook, findings }: Picture): readonly Series[] {
  const counted = new Map<string, Series>();
  for (const { check, severity, standing, disposition } of findings) {
    if (standing === 'resolved') continue;
    const key = [check, severity, standing, disposition].join(' ');
    const value = (counted.get(key)?.value ?? 0) + 1;
    counted.set(key, { labels: { runbook, check, severity, standing, disposition }, value });
  }
  return [...counted].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, series]) => series);
}

function tally({ runbook, findings }: Picture): readonly Series[] {
  const open = findings.filter(({ standing }) => standing !== 'resolved');
  return SEVERITIES.flatMap((severity) =>
    [false, true].map((muted) => ({
      labels: { runbook, severity, muted: String(muted) },
      value: open.filter((finding) => finding.severity === severity && (finding.disposition === 'muted') === muted)
        .length,
    })),
  );
}

/** A check that a runbook asks several times, with other parameters, is one check here. */
function perCheck(
  { runbook, run }: Picture,
  valueOf: (seen: { readonly unseen: number; readonly hidden: number }) => number,
): readonly Series[] {
  const unseen = unseenBy(run);
  return [...new Set((run?.checks ?? []).map(({ id }) => id))].map((check) => {
    const mine = unseen.filter((one) => one.check === check);
    const hidden = mine.filter(({ resource }) => resource !== null).length;
    return { labels: { runbook, check }, value: valueOf({ unseen: mine.length, hidden }) };
  });
}
