import type { Flags } from './component-flags.ts';
import type { Field } from './problems.ts';

/** Whether a setting is as it should not be: the fields that say so; null: it is not. */
export type Condition = (flags: Flags) => readonly Field[] | null;

/** Not given, or given as nothing: any one of these. */
export function missing(...names: readonly string[]): Condition {
  return (flags) => {
    const absent = names.filter((name) => (flags.value(name) ?? '') === '' && !flags.mayBeElsewhere(name));
    return absent.length === 0 ? null : absent.map(flags.field);
  };
}

/** Given at all, to whatever it is. */
export function given(...names: readonly string[]): Condition {
  return (flags) => {
    const there = names.filter((name) => flags.value(name) !== null);
    return there.length === 0 ? null : there.map(flags.field);
  };
}

/** Given as this. */
export function is(name: string, value: string): Condition {
  return (flags) => (flags.value(name) === value ? [flags.field(name)] : null);
}

/** Anything but this, with what holds when it is not given. */
export function isNot(name: string, value: string, byDefault: string): Condition {
  return (flags) => {
    const now = flags.value(name);
    if (now === null && flags.mayBeElsewhere(name)) return null;
    return (now ?? byDefault) === value ? null : [flags.field(name)];
  };
}

/** A list that does not name this; with what it is when it is not given. */
export function lacks(name: string, entry: string, byDefault: readonly string[] = []): Condition {
  return (flags) => {
    const now = flags.value(name);
    if (now === null && flags.mayBeElsewhere(name)) return null;
    const entries = now === null ? byDefault : flags.entries(name);
    return entries.includes(entry) ? null : [flags.field(name)];
  };
}

/** A list that names this; with what it is when it is not given. */
export function includes(name: string, entry: string, byDefault: readonly string[] = []): Condition {
  return (flags) => {
    const now = flags.value(name);
    if (now === null && flags.mayBeElsewhere(name)) return null;
    const entries = now === null ? byDefault : flags.entries(name);
    return entries.includes(entry) ? [flags.field(name)] : null;
  };
}

/** A list that names something that fits. */
export function namesAny(name: string, pattern: RegExp): Condition {
  return (flags) => (flags.entries(name).some((entry) => pattern.test(entry)) ? [flags.field(name)] : null);
}

/** Not given, no number, or less. */
export function below(name: string, least: number): Condition {
  return (flags) => (Number(flags.value(name) ?? 'none') >= least ? null : [flags.field(name)]);
}

/** More than this; with what holds when it is not given. */
export function above(name: string, most: number, byDefault: number): Condition {
  return (flags) => {
    const now = Number(flags.value(name) ?? byDefault);
    return now <= most ? null : [flags.field(name)];
  };
}

/** A duration of Go (`1m30s`) that is longer, in seconds; one that can't be read is. */
export function longer(name: string, mostSeconds: number): Condition {
  return (flags) => {
    const now = flags.value(name);
    return now === null || secondsOf(now) <= mostSeconds ? null : [flags.field(name)];
  };
}

function secondsOf(text: string): number {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|h|m|s))+$/.test(text)) return Number.POSITIVE_INFINITY;
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)].reduce(
    (sum, [, amount = '0', unit = 's']) => sum + Number(amount) * (units[unit] ?? 0),
    0,
  );
}

const LOOPBACK = /^(?:127(?:\.\d+){3}|::1|localhost)$/;

/** Listens elsewhere than on the machine itself; that is so when it is not given. */
export function isOpen(name: string): Condition {
  return (flags) => (LOOPBACK.test(flags.value(name) ?? '0.0.0.0') ? null : [flags.field(name)]);
}

/** A feature that was switched off. */
export function isOff(feature: string): Condition {
  return (flags) =>
    flags.entries('feature-gates').includes(`${feature}=false`) ? [flags.field('feature-gates')] : null;
}

/** All of these hold. */
export function all(...conditions: readonly Condition[]): Condition {
  return (flags) => {
    const found = conditions.map((condition) => condition(flags));
    return found.every((fields) => fields !== null) ? found.flat() : null;
  };
}
