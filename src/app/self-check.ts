import type { Check, CheckCatalog, Observation, Seen } from '../domain/check.ts';
import type { Runbook } from '../domain/runbook.ts';
import type { Registry, RunbookTrouble } from './registry.ts';

/** The name under which Holdfast looks at itself; no file may take it. */
export const SELF = 'holdfast';

/**
 * Holdfast's own runbook: one check, which finds runbook files with mistakes. So a broken edit is a
 * finding like any other: it has an identity, is told once, and is resolved when it is put right.
 */
export function selfRunbook(): Runbook {
  return {
    name: SELF,
    form: 'yaml',
    path: '(built in)',
    digest: 'sha256:built-in',
    schedule: null,
    timezone: null,
    activeHours: null,
    overlap: 'skip',
    catchUpMs: 0,
    timeoutMs: 10_000,
    checks: [{ id: runbookFiles.id, params: {} }],
    baseline: null,
    agent: null,
    policy: null,
    onFinding: [],
    notify: [],
    instructions: '',
    tasks: [],
  };
}

export const selfCatalog: CheckCatalog = {
  ids: ['holdfast/runbook-files'],
  aliases: {},
  load: async () => runbookFiles,
};

const runbookFiles: Check = {
  id: 'holdfast/runbook-files',
  title: 'Runbook files can be used',
  keywords: [],
  description: 'Reports every runbook file with a mistake; the last good version goes on running.',
  standalone: true,
  params: { safeParse: () => ({ success: true, data: {} }) },
  timeoutMs: 10_000,

  async read(reader) {
    return isRegistry(reader) ? reader.troubles().map(observe) : [];
  },

  judge(seen) {
    const { path, mistake, more, keeps } = factsOf(seen);
    const others = more > 0 ? ` (and ${more} more)` : '';
    return [
      {
        discriminator: 'mistake',
        severity: 'medium',
        title: `${path} can not be used: ${mistake}${others}`,
        why:
          keeps === null
            ? 'Nothing of this file runs.'
            : `The last good version of "${keeps}" goes on running; what was edited since does not.`,
        next: `holdfast runbook lint ${path}`,
        evidence: [{ label: 'mistake', value: mistake, source: path }],
      },
    ];
  },
};

function observe({ path, mistakes, keeps }: RunbookTrouble): Observation {
  const [first] = mistakes;
  const place = first === undefined ? '' : `${first.code} at line ${first.where.line}: ${first.message}`;
  return {
    status: 'seen',
    resource: `holdfast:local/runbook-file/${path}`,
    name: path,
    facts: { path, mistake: place, more: mistakes.length - 1, keeps },
  };
}

function factsOf({ facts }: Seen): { path: string; mistake: string; more: number; keeps: string | null } {
  const text = (name: string): string => (typeof facts[name] === 'string' ? facts[name] : '');
  return {
    path: text('path'),
    mistake: text('mistake'),
    more: Number(facts['more']),
    keeps: facts['keeps'] === null ? null : text('keeps'),
  };
}

function isRegistry(reader: unknown): reader is Registry {
  return typeof reader === 'object' && reader !== null && 'troubles' in reader;
}
