import type { Together } from '../../domain/check.ts';
import { CodedError } from '../../domain/coded-error.ts';
import { matchesGlob } from '../../domain/glob.ts';
import type { Mistake } from '../../domain/mistake.ts';
import { printable } from '../../domain/printable.ts';
import type { Research, ResearchCategory, ResearchFinding } from '../../domain/research.ts';
import type { Runbook } from '../../domain/runbook.ts';
import { THIS_MACHINE } from '../../domain/inventory-scope.ts';
import { baselinesTable } from '../../store/baselines.ts';
import type { StatefulApp } from '../app.ts';
import { askedCheck, findingsOf, lookWithAll, wholeRouted } from '../ask/looks.ts';
import type { ModelChoice } from '../ask/model-choice.ts';
import type { Routed } from '../ask/route.ts';
import { connectedProviders, type Connected } from '../connected.ts';
import { driftFrom, lookNow } from '../drift.ts';
import { DRIFT_CHECK, driftCheck } from '../drift-check.ts';
import { loadAll } from '../load-runbooks.ts';
import { showTopology } from '../topology.ts';
import { correlate, type Link } from './correlate.ts';
import { researchWords } from './words.ts';

export interface ResearchRequest {
  /** Providers (`kubernetes`) or patterns of checks (`kubernetes/posture-*`); none: everything that is connected. */
  readonly scope: readonly string[];
  readonly context: string | undefined;
  readonly model: ModelChoice;
  onProgress(words: string): void;
}

/**
 * One look at everything that is connected: health, posture, hygiene, what the runbooks ask with parameters, and drift from
 * every baseline. It keeps nothing and writes nothing; what could not be seen is said. USAGE for a scope that fits nothing.
 */
export async function research(app: StatefulApp, request: ResearchRequest, signal: AbortSignal): Promise<Research> {
  const { clock } = app.surroundings;
  const started = clock.monotonic();
  const together = { signal };
  const connected = await connectedProviders(app);
  const { files, mistakes } = await loadAll(app);
  const runbooks = files.flatMap(({ runbook }) => runbook ?? []);
  const broken = brokenRunbooks([...mistakes, ...files.flatMap((file) => file.mistakes)]);
  const routed = inScope(await everything(app, connected, request, runbooks), request.scope);
  const looks = await lookWithAll(app, routed, {
    signal,
    together,
    chosenBy: 'route',
    onProgress: (done, total, looking) => request.onProgress(`${done} of ${total}  ${looking}`),
  });
  const findings = findingsOf(looks).map(
    (finding, index): ResearchFinding => ({
      ...finding,
      number: index + 1,
      category: categoryOf(finding.check, finding.title),
    }),
  );
  const links = findings.some(({ resource }) => resource.startsWith('kubernetes:'))
    ? await linksOf(app, request, together)
    : [];
  const groups = correlate(findings, links).map(({ findings: members, because }) => ({
    findings: members,
    because: because.map((words) => app.redactor.text(printable(words))),
  }));
  const said = signal.aborted
    ? { words: null, failure: null }
    : await researchWords(app, request, { findings, groups }, signal);
  return {
    at: clock.now(),
    durationMs: Math.round(clock.monotonic() - started),
    scope: request.scope,
    providers: [...connected.providers].toSorted(),
    missing: [...connected.missing, ...broken].map(({ provider, why }) => ({
      provider,
      why: app.redactor.text(printable(why)),
    })),
    checks: looks.map(askedCheck),
    findings,
    groups,
    monthlyCost: costOf(findings),
    ...said,
  };
}

async function everything(
  app: StatefulApp,
  { providers }: Connected,
  request: ResearchRequest,
  runbooks: readonly Runbook[],
): Promise<readonly Routed[]> {
  const checks = await Promise.all(app.catalog.ids.map((id) => app.catalog.load(id)));
  const standing = checks
    .filter(({ id, standalone }) => standalone && providers.has(id.slice(0, id.indexOf('/'))))
    .map((check) =>
      wholeRouted(
        check,
        request.context !== undefined && check.id.startsWith('kubernetes/') ? { context: request.context } : {},
      ),
    );
  const asked = await Promise.all(
    runbooks.flatMap(({ checks: own }) =>
      own.map(async ({ id, params }) => wholeRouted(await app.catalog.load(id), params)),
    ),
  );
  // What a runbook asks with other parameters is another question; the same one is asked once, with its defaults or without.
  const once = new Map([...standing, ...asked].map((one) => [questionKey(one), one]));
  return [...once.values(), ...driftChecks(app)];
}

function questionKey({ check: { id }, whole, params }: Routed): string {
  const parsed = whole?.params.safeParse(params);
  return JSON.stringify([id, parsed?.success === true ? parsed.data : params]);
}

/** A runbook that can't be read is as good as a part that could not be looked at: it is said. */
function brokenRunbooks(mistakes: readonly Mistake[]): readonly { readonly provider: string; readonly why: string }[] {
  const errors = mistakes.filter(({ level }) => level === 'error');
  const files = [...new Set(errors.map(({ where }) => where.file))];
  return files.map((file) => ({
    provider: `the runbook ${file}`,
    why: errors.find(({ where }) => where.file === file)?.message ?? 'it has a mistake',
  }));
}

function driftChecks(app: StatefulApp): readonly Routed[] {
  const table = baselinesTable(app.database);
  return table.names().flatMap((name): Routed[] => {
    const accepted = table.baseline(name)?.inventory ?? null;
    if (accepted === null) return [];
    const check = driftCheck(name, async ({ signal, together }) => {
      const scan = await lookNow(app, name, table.scope(name) ?? THIS_MACHINE, signal, together);
      return { scan, drift: driftFrom(name, accepted, scan.inventory), first: false };
    });
    return [wholeRouted(check, { baseline: name })];
  });
}

function inScope(all: readonly Routed[], scope: readonly string[]): readonly Routed[] {
  if (scope.length === 0) return all;
  const kept = all.filter(({ check: { id } }) =>
    scope.some(
      (pattern) =>
        matchesGlob(pattern.includes('/') ? pattern : `${pattern}/*`, id) ||
        (pattern === 'drift' && id === DRIFT_CHECK),
    ),
  );
  if (kept.length > 0) return kept;
  throw new CodedError('USAGE', `nothing that is connected fits the scope ${scope.join(', ')}`, {
    next: 'name a provider (host, kubernetes, docker), a pattern such as kubernetes/posture-*, or drift',
  });
}

function categoryOf(check: string, title: string): ResearchCategory {
  if (check === DRIFT_CHECK) return 'drift';
  if (check.includes('/posture-')) return 'posture';
  if (check.includes('/hygiene-')) return 'hygiene';
  return /certificate|expir/i.test(`${check} ${title}`) ? 'expiry' : 'health';
}

/** Who relies on whom; a cluster that can't be asked has said so in its checks, and who interrupts gets what there is. */
async function linksOf(app: StatefulApp, { context }: ResearchRequest, { signal }: Together): Promise<readonly Link[]> {
  if (signal.aborted) return [];
  try {
    const { cluster, topology } = await showTopology(app, { context }, null, signal);
    return topology.edges.map(({ from, to, relation }) => ({
      from: `${cluster.uid} ${from}`,
      to: `${cluster.uid} ${to}`,
      words: `${from} ${relation} ${to}`,
    }));
  } catch (error) {
    if (isAborted(signal) || (error instanceof CodedError && error.code === 'CLUSTER_AWAY')) return [];
    throw error;
  }
}

/** It may have been aborted since it was looked at. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function costOf(findings: readonly ResearchFinding[]): Research['monthlyCost'] {
  const sums = new Map<string, { amount: number; findings: number }>();
  for (const { monthlyCost } of findings) {
    const amount = monthlyCost?.amount ?? null;
    if (monthlyCost === null || amount === null) continue;
    const before = sums.get(monthlyCost.currency) ?? { amount: 0, findings: 0 };
    sums.set(monthlyCost.currency, { amount: before.amount + amount, findings: before.findings + 1 });
  }
  return [...sums].map(([currency, sum]) => ({ currency, ...sum }));
}
