import type { HostCommand, HostCommandParam } from '../../../domain/action-settings.ts';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import { printable } from '../../../domain/printable.ts';

/** Arguments by name, as they were given: an integer may be written as text. */
export type CommandArgs = Readonly<Record<string, string | number>>;

/**
 * The argument vector of a command with its parameters put in: an argument that is exactly `{name}` becomes one
 * argument, whatever the value holds; nothing is split, joined or expanded.
 */
export function commandLine(command: HostCommand, args: CommandArgs): Looked<readonly string[]> {
  const unasked = Object.keys(args).find((name) => !Object.hasOwn(command.params, name));
  if (unasked !== undefined) {
    const known = Object.keys(command.params);
    return refused(
      `"${printable(unasked)}" is not one of its parameters (${known.length === 0 ? 'it has none' : known.join(', ')})`,
    );
  }
  const values = new Map<string, string>();
  for (const [name, param] of Object.entries(command.params)) {
    const given = Object.hasOwn(args, name) ? args[name] : undefined;
    if (given === undefined) return refused(`the parameter "${name}" is missing`);
    const trouble = troubleOf(param, given);
    if (trouble !== null) return refused(`the parameter "${name}" ${trouble}`);
    values.set(name, String(given));
  }
  return fill(command.argv, values);
}

function fill(argv: readonly string[], values: ReadonlyMap<string, string>): Looked<readonly string[]> {
  const line: string[] = [];
  for (const [index, argument] of argv.entries()) {
    const name = /^\{([a-z0-9][a-z0-9-]*)\}$/.exec(argument)?.[1];
    if (name === undefined || index === 0) {
      line.push(argument);
      continue;
    }
    const value = values.get(name);
    if (value === undefined)
      return refused(`its argument {${name}} has no parameter of that name in the configuration`);
    line.push(value);
  }
  return seen(line);
}

/** A value is one of those that the operator wrote down, and can not be taken for an option. */
function troubleOf(param: HostCommandParam, given: string | number): string | null {
  const text = String(given);
  if (text.startsWith('-')) return `begins with "-", and could be taken for an option: "${printable(text)}"`;
  if (/[\0\r\n]/.test(text)) return `holds a line break or a NUL: "${printable(text)}"`;
  if ('oneOf' in param)
    return param.oneOf.includes(text) ? null : `is "${printable(text)}", and not one of ${param.oneOf.join(', ')}`;
  const { min, max } = param.integer;
  const isInteger = /^(0|[1-9]\d{0,15})$/.test(text);
  return isInteger && Number(text) >= min && Number(text) <= max
    ? null
    : `is "${printable(text)}", and not a whole number from ${min} to ${max}`;
}

function refused(why: string): Looked<never> {
  return unknown('ARGS_REFUSED', `The command is not run so: ${why}.`);
}
