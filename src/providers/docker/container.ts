import { printableStart } from '../../domain/printable.ts';
import { countIn, fieldsOf, textIn } from './fields.ts';

/** What the list says of a container. */
export interface ListedContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** `created`, `running`, `restarting`, `exited`, `paused`, `dead`, `removing`. */
  readonly state: string;
  /** For people: `Up 2 hours (unhealthy)`, `Exited (1) 3 days ago`. */
  readonly status: string;
}

/** What the engine says of one container: how it is doing, and nothing of what it is made of. */
export interface Container {
  readonly id: string;
  readonly state: string;
  readonly exitCode: number | null;
  /** Why it could not be started, in the engine's words; null when it could. */
  readonly error: string | null;
  readonly oomKilled: boolean;
  /** Milliseconds since the epoch; null: never. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** How often the engine started it again by its policy. */
  readonly restartCount: number;
  readonly restartPolicy: {
    /** `no`, `always`, `unless-stopped`, `on-failure`. */
    readonly name: string;
    readonly maximumRetryCount: number;
  };
  /** null: it has no health check. */
  readonly health: {
    /** `starting`, `healthy`, `unhealthy`. */
    readonly status: string;
    readonly failingStreak: number;
  } | null;
}

/** null when it is not the list that GET /containers/json documents. */
export function parseContainers(body: unknown): readonly ListedContainer[] | null {
  if (!Array.isArray(body)) return null;
  const containers = body.map(parseListed);
  return containers.every((container) => container !== null) ? containers : null;
}

/** null when it is not what GET /containers/{id}/json documents. */
export function parseContainer(body: unknown): Container | null {
  const fields = fieldsOf(body);
  const state = fieldsOf(fields?.get('State'));
  const id = idIn(fields);
  const status = textIn(state, 'Status');
  if (id === null || status === null) return null;
  const error = textIn(state, 'Error') ?? '';
  return {
    id,
    state: status,
    exitCode: countIn(state, 'ExitCode'),
    error: error === '' ? null : printableStart(error, 200),
    oomKilled: state?.get('OOMKilled') === true,
    startedAt: instantIn(state, 'StartedAt'),
    finishedAt: instantIn(state, 'FinishedAt'),
    restartCount: countIn(fields, 'RestartCount') ?? 0,
    restartPolicy: policyIn(fields),
    health: healthIn(state),
  };
}

function parseListed(entry: unknown): ListedContainer | null {
  const fields = fieldsOf(entry);
  const id = idIn(fields);
  const [image, state, status] = [textIn(fields, 'Image'), textIn(fields, 'State'), textIn(fields, 'Status')];
  if (id === null || image === null || state === null || status === null) return null;
  return {
    id,
    name: nameIn(fields) ?? id.slice(0, 12),
    image: printableStart(image, 200),
    state: state.toLowerCase(),
    status: printableStart(status, 100),
  };
}

/** It becomes part of a path that is asked for. */
function idIn(fields: ReadonlyMap<string, unknown> | null): string | null {
  const id = textIn(fields, 'Id');
  return id !== null && /^[0-9a-f]{12,64}$/.test(id) ? id : null;
}

/** `/web`; names with a second slash are those under which other containers link to it. */
function nameIn(fields: ReadonlyMap<string, unknown> | null): string | null {
  const names = fields?.get('Names');
  if (!Array.isArray(names)) return null;
  for (const name of names) {
    const own = typeof name === 'string' ? /^\/?([^/]+)$/.exec(name)?.[1] : undefined;
    if (own !== undefined) return printableStart(own, 255);
  }
  return null;
}

function policyIn(fields: ReadonlyMap<string, unknown> | null): Container['restartPolicy'] {
  const policy = fieldsOf(fieldsOf(fields?.get('HostConfig'))?.get('RestartPolicy'));
  const name = textIn(policy, 'Name') ?? '';
  return { name: name === '' ? 'no' : name, maximumRetryCount: countIn(policy, 'MaximumRetryCount') ?? 0 };
}

function healthIn(state: ReadonlyMap<string, unknown> | null): Container['health'] {
  const health = fieldsOf(state?.get('Health'));
  const status = textIn(health, 'Status') ?? '';
  if (status === '' || status === 'none') return null;
  return { status, failingStreak: countIn(health, 'FailingStreak') ?? 0 };
}

/** Engines say `0001-01-01T00:00:00Z` for never. */
function instantIn(state: ReadonlyMap<string, unknown> | null, name: string): number | null {
  const ms = Date.parse(textIn(state, name) ?? '');
  return Number.isNaN(ms) || ms <= 0 ? null : ms;
}
