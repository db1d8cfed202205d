import type { JsonObject } from './json.ts';
import type { Prices } from './prices.ts';

/** What the operator's configuration allows actions to do, and the commands it names. */
export interface ActionSettings {
  readonly host: HostSettings;
  /** Absent: the operator said none, and no cost of computing is known. */
  readonly prices?: Prices;
}

export interface HostSettings {
  /** Absolute folders under which files may be pruned and compressed; none: nothing may. */
  readonly pruneRoots: readonly string[];
  /** Holdfast's own folders: no action touches a folder that lies in one of them, or holds one. */
  readonly keepOut: readonly string[];
  /** systemd units that may be restarted, as exact names; none: nothing may. */
  readonly units: readonly string[];
  /** Commands that may be run, by name. */
  readonly commands: Readonly<Record<string, HostCommand>>;
}

/** A command whose argument vector only the configuration decides. */
export interface HostCommand {
  readonly title: string;
  /** The argument vector: an absolute program, then arguments. An argument that is exactly `{name}` is replaced by that parameter. */
  readonly argv: readonly string[];
  /** A closed set of parameters: what each may be. */
  readonly params: Readonly<Record<string, HostCommandParam>>;
  readonly timeoutMs: number;
  /** Whether it destroys something, in the operator's word. */
  readonly destructive: boolean;
  /** The name of the command that takes it back, with the same parameters; null: there is none. */
  readonly undo: string | null;
  /** A command, by name and with the same parameters, that exits with 0 when it took effect; null: its own exit code must do. */
  readonly verify: string | null;
}

export type HostCommandParam =
  | { readonly oneOf: readonly string[] }
  | { readonly integer: { readonly min: number; readonly max: number } };

/** The settings as JSON, for whoever binds them. */
export function commandAsJson(command: HostCommand): JsonObject {
  return {
    title: command.title,
    argv: [...command.argv],
    params: Object.fromEntries(
      Object.entries(command.params).map(([name, param]) => [
        name,
        'oneOf' in param ? { oneOf: [...param.oneOf] } : { integer: { ...param.integer } },
      ]),
    ),
    timeoutMs: command.timeoutMs,
    destructive: command.destructive,
    undo: command.undo,
    verify: command.verify,
  };
}
