import { statfsSync, statSync } from 'node:fs';
import { loadConfig } from '../config.ts';
import { CodedError } from '../domain/coded-error.ts';
import { openDatabase, pragma } from '../store/database.ts';
import { verifyAudit } from '../store/audit-verify.ts';
import { openStateDir } from '../store/state-dir.ts';
import { loadAll } from './load-runbooks.ts';
import { openApp, openStateless, type App } from './app.ts';
import { listMcpServers } from './mcp-servers.ts';
import { listModels, type ListedModel } from './model-list.ts';
import { idleWords, muteRulesInShort } from './mute-rules.ts';
import { placesOf, type PlaceOptions, type Places } from './places.ts';
import { openRedactor } from './redactor.ts';
import type { Surroundings } from './surroundings.ts';

/** What one part of this installation is like. */
export interface Diagnosis {
  readonly part: string;
  readonly state: 'ok' | 'warning' | 'broken';
  readonly said: string;
  readonly next: string | null;
}

/** With less room than this the database may not be able to keep a run. */
const LITTLE_ROOM_BYTES = 64 * 1024 * 1024;
/** Before this the clock is certainly wrong: this version was not written yet. */
const EARLIEST = Date.UTC(2026, 10, 1);

/** Looks at every part by itself, so that one broken part does not hide the others. */
export async function diagnose(surroundings: Surroundings, options: PlaceOptions): Promise<readonly Diagnosis[]> {
  const places = placesOf(surroundings, options);
  return [
    ok('holdfast', `${surroundings.version} on Node ${process.versions.node}, ${surroundings.platform}`),
    clock(surroundings),
    attempt('configuration', () => configuration(places)),
    attempt('state directory', () => stateDirectory(places)),
    attempt('database', () => database(places)),
    attempt('audit log', () => auditLogNow(places)),
    attempt('approvals', () => approvals(places)),
    attempt('redaction', () => redaction(surroundings)),
    attempt('mute rules', () => muteRules(surroundings, options)),
    await runbooks(surroundings, options),
    await models(surroundings, options),
    attempt('MCP servers', () => mcpServers(surroundings, options)),
  ];
}

function ok(part: string, said: string): Diagnosis {
  return { part, state: 'ok', said, next: null };
}

function attempt(part: string, look: () => Omit<Diagnosis, 'part'>): Diagnosis {
  try {
    return { part, ...look() };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { part, state: 'broken', said: `${error.code}: ${error.message}`, next: error.next };
  }
}

function clock({ clock: { now } }: Surroundings): Diagnosis {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const said = `${new Date(now()).toISOString()}, zone ${zone}`;
  if (now() >= EARLIEST) return ok('clock', said);
  return {
    part: 'clock',
    state: 'broken',
    said: `${said}: that is in the past`,
    next: 'set the clock: findings and expiries depend on it',
  };
}

function configuration({ configFile }: Places): Omit<Diagnosis, 'part'> {
  loadConfig(configFile);
  const there = statSync(configFile, { throwIfNoEntry: false }) !== undefined;
  return {
    state: 'ok',
    said: there ? configFile : `none at ${configFile}: defaults hold`,
    next: there ? null : '`holdfast init` writes one',
  };
}

function stateDirectory({ stateDir }: Places): Omit<Diagnosis, 'part'> {
  openStateDir(stateDir);
  const { bavail, bsize } = statfsSync(stateDir);
  const free = bavail * bsize;
  const said = `${stateDir}, ${Math.round(free / 1024 / 1024)} MiB free`;
  if (free >= LITTLE_ROOM_BYTES) return { state: 'ok', said, next: null };
  return { state: 'warning', said, next: 'free some space: a run that can not be kept is told but not remembered' };
}

function database({ stateDir }: Places): Omit<Diagnosis, 'part'> {
  const store = openDatabase(openStateDir(stateDir).database);
  try {
    const verdict = store.attempt(() => pragma(store.sqlite, 'integrity_check'));
    const size = `${(statSync(store.path).size / 1024).toFixed(0)} KiB`;
    if (verdict === 'ok') return { state: 'ok', said: `${store.path}, ${size}, sound`, next: null };
    return {
      state: 'broken',
      said: `${store.path}: ${String(verdict)}`,
      next: 'restore a backup with `holdfast restore <file>`',
    };
  } finally {
    store.close();
  }
}

function auditLogNow({ stateDir }: Places): Omit<Diagnosis, 'part'> {
  const dir = openStateDir(stateDir);
  const store = openDatabase(dir.database);
  try {
    const verdict = verifyAudit(store, { head: dir.auditHead, key: dir.auditKey });
    if (verdict.status === 'sound') return { state: 'ok', said: `${verdict.entries} entries, sound`, next: null };
    return { state: 'broken', said: verdict.flaw.what, next: '`holdfast audit verify` says more, and docs/audit.md' };
  } finally {
    store.close();
  }
}

/** Who can let a change be applied, besides somebody at a terminal. */
function approvals({ configFile }: Places): Omit<Diagnosis, 'part'> {
  const { signers, allowNonInteractive } = loadConfig(configFile).approvals;
  const said = [
    'at a terminal',
    ...(signers.length === 0 ? [] : [`by ${signers.length} signers`]),
    ...(allowNonInteractive ? ['by the digest on a command line, by whatever runs as you'] : []),
  ].join('; ');
  if (!allowNonInteractive) return { state: 'ok', said, next: null };
  return { state: 'warning', said, next: 'turn approvals.allowNonInteractive off where an agent has a shell of yours' };
}

/** Rules that do nothing any more: they mean that somebody forgot them, or that a pattern has a slip. */
function muteRules(surroundings: Surroundings, options: PlaceOptions): Omit<Diagnosis, 'part'> {
  const app = tryOpen(surroundings, options);
  if (app === null) return { state: 'warning', said: 'not looked at: the configuration has a mistake', next: null };
  const store = openDatabase(openStateDir(app.places.stateDir).database);
  try {
    const { rules, expired, unused, noEnvironment } = muteRulesInShort({ ...app, database: store });
    const idle = idleWords({ expired, unused, noEnvironment });
    if (idle === null) return { state: 'ok', said: rules === 0 ? 'none' : `${rules} in use`, next: null };
    return { state: 'warning', said: idle, next: '`holdfast findings mute-rule list` shows them' };
  } finally {
    store.close();
  }
}

/** Tools of others that are allowed, and not trusted or not as they were trusted: the checks that call them are unknown. */
function mcpServers(surroundings: Surroundings, options: PlaceOptions): Omit<Diagnosis, 'part'> {
  if (tryOpen(surroundings, options) === null)
    return { state: 'warning', said: 'not looked at: the configuration has a mistake', next: null };
  const app = openApp(surroundings, options);
  try {
    const tools = listMcpServers(app).flatMap(({ server, tools: all }) =>
      all.map((tool) => ({ name: `${server.name}/${tool.name}`, how: tool.standing })),
    );
    if (tools.length === 0) return { state: 'ok', said: 'none of others', next: null };
    const idle = tools.filter(({ how }) => how !== 'trusted');
    const named = idle.slice(0, 5).map(({ name, how }) => `${name} is ${how}`);
    if (idle.length === 0)
      return { state: 'ok', said: `tools of others: ${tools.length}, all trusted; none was asked`, next: null };
    return {
      state: 'warning',
      said: `tools of others: ${tools.length}; not called: ${named.join(', ')}`,
      next: '`holdfast mcp servers show <server>`, then `holdfast mcp servers trust <server>`',
    };
  } finally {
    app.close();
  }
}

/** Whether the model that is asked by default is there, and what the suite said of it. None is no trouble. */
async function models(surroundings: Surroundings, options: PlaceOptions): Promise<Diagnosis> {
  const stateless = tryOpen(surroundings, options);
  if (stateless === null)
    return { part: 'models', state: 'warning', said: 'not looked at: the configuration has a mistake', next: null };
  const { default: model } = stateless.config.models;
  if (model === undefined) return ok('models', 'none is configured, and none is needed');
  try {
    const app = openApp(surroundings, options);
    try {
      return { part: 'models', ...standing(model, await listModels(app, AbortSignal.timeout(MODELS_WITHIN_MS))) };
    } finally {
      app.close();
    }
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { part: 'models', state: 'warning', said: `not looked at: ${error.message}`, next: error.next };
  }
}

const MODELS_WITHIN_MS = 6_000;

function standing(model: string, listed: readonly ListedModel[]): Omit<Diagnosis, 'part'> {
  const provider = model.slice(0, model.indexOf('/'));
  const own = listed.find((one) => one.model === model);
  const away = listed.find((one) => one.model === `${provider}/…`);
  if (own === undefined && away !== undefined && away.failure !== null)
    return { state: 'warning', said: `${model} can't be asked: ${away.failure.message}`, next: null };
  if (own === undefined && away === undefined)
    return {
      state: 'warning',
      said: `${model} is not there`,
      next: provider === 'ollama' ? `ollama pull ${model.slice(7)}` : 'holdfast models list',
    };
  const trust = own?.trust ?? 'untested';
  return trust === 'passed'
    ? { state: 'ok', said: `${model}, which passed the suite`, next: null }
    : {
        state: 'warning',
        said: `${model} ${trust === 'failed' ? 'did not pass the suite' : 'is untested'}`,
        next: `holdfast models test ${model}`,
      };
}

/** Masks a made-up token, to see that redaction works in this process. */
function redaction(surroundings: Surroundings): Omit<Diagnosis, 'part'> {
  const token = Buffer.from(surroundings.random(24)).toString('hex');
  const redactor = openRedactor({ ...surroundings, env: { SELF_TEST_TOKEN: token } }, null);
  if (!redactor.text(`self-test ${token}`).includes(token))
    return { state: 'ok', said: 'a made-up token was masked', next: null };
  return { state: 'broken', said: 'a made-up token was not masked', next: 'this is a bug: please report it' };
}

async function runbooks(surroundings: Surroundings, options: PlaceOptions): Promise<Diagnosis> {
  const part = 'runbooks';
  const app = tryOpen(surroundings, options);
  if (app === null)
    return { part, state: 'warning', said: 'not looked at: the configuration has a mistake', next: null };
  const { files, mistakes } = await loadAll(app);
  const broken = files.filter((file) => file.runbook === null).length + mistakes.length;
  if (broken > 0)
    return { part, state: 'broken', said: `${broken} of ${files.length} have mistakes`, next: 'holdfast runbook lint' };
  return {
    part,
    state: 'ok',
    said: `${files.length} found`,
    next: files.length === 0 ? '`holdfast runbook new <name>` writes one' : null,
  };
}

function tryOpen(surroundings: Surroundings, options: PlaceOptions): App | null {
  try {
    return openStateless(surroundings, options);
  } catch (error) {
    if (error instanceof CodedError) return null; // said by the configuration's own diagnosis
    throw error;
  }
}
