import { CodedError } from '../domain/coded-error.ts';
import type { Notifier } from '../domain/notification.ts';
import type { NotifyTarget } from '../domain/runbook.ts';
import type { NamedWay, NotifyConfig } from '../notify-config.ts';
import { addressed } from './address.ts';
import type { NotifierDeps } from './deps.ts';

/** The ways out of this process. */
export interface Notifiers {
  /** The ways of a runbook, by name: what its `notify` says, or the default. Remembers addresses that stand in it. */
  waysOf(targets: readonly NotifyTarget[]): readonly string[];
  /**
   * The notifier of a way, made when it is first asked for. Rejects with NOTIFY_WAY_UNKNOWN when there
   * is none by that name, with NOTIFY_FAILED when it lacks something (a variable that is not set).
   */
  of(way: string): Promise<Notifier>;
  /** The names of all ways that the configuration knows and uses. */
  readonly all: readonly string[];
}

export function openNotifiers(config: NotifyConfig, deps: NotifierDeps): Notifiers {
  const named = new Map<string, NamedWay>(Object.entries(config.ways));
  const open = new Map<string, Promise<Notifier>>();
  return {
    waysOf: (targets) => {
      const wanted = targets.length === 0 ? config.default : targets;
      const ways = wanted.map((target) => {
        if (typeof target === 'string') return target;
        const { way: configured } = target;
        if (typeof configured === 'string') return configured;
        const { name, way } = addressed(target, config);
        if (way !== null) named.set(name, way);
        return name;
      });
      return [...new Set(ways)];
    },
    of: (way) => {
      const known = open.get(way);
      if (known !== undefined) return known;
      const made = make(way, named, deps);
      open.set(way, made);
      // What could not be made is tried anew the next time.
      made.catch(() => open.delete(way));
      return made;
    },
    all: [...new Set([...config.default, ...Object.keys(config.ways), ...config.fallback])].filter(
      (way) => way !== 'inbox',
    ),
  };
}

async function make(name: string, named: ReadonlyMap<string, NamedWay>, deps: NotifierDeps): Promise<Notifier> {
  if (name === 'desktop') return (await import('./desktop.ts')).desktopNotifier(deps);
  const way = name === 'terminal' ? { terminal: { osc9: false } } : named.get(name);
  if (way === undefined)
    throw new CodedError('NOTIFY_WAY_UNKNOWN', `there is no way "${name}"`, {
      next: 'desktop, terminal, or a name under notify.ways of the configuration; an address as docs/notifications.md has it',
    });
  if ('file' in way) return (await import('./file.ts')).fileNotifier(deps, way.file);
  if ('webhook' in way) return (await import('./webhook.ts')).webhookNotifier(deps, way.webhook);
  if ('ntfy' in way) return (await import('./ntfy.ts')).ntfyNotifier(deps, way.ntfy);
  if ('email' in way) return (await import('./email.ts')).emailNotifier(deps, way.email);
  return (await import('./terminal.ts')).terminalNotifier(deps, way.terminal);
}
