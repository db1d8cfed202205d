import type { Container, Pod } from '../../providers/kubernetes/reader.ts';
import type { Field } from './problems.ts';

/** The programs of a control plane that run as pods, where they can be seen. */
export const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'] as const;
export type Component = (typeof COMPONENTS)[number];

/** How a component was started. */
export interface Flags {
  readonly component: Component;
  /** The last value that a flag was given; `true` when it stands alone; null: it was not given. */
  value(name: string): string | null;
  /** The entries of all that it was given, split at commas. */
  entries(name: string): readonly string[];
  /** Where it was given, and what; of one that was not: where it would stand. */
  field(name: string): Field;
  /** True where what was not given may be set by other means: a file of settings, a variable. */
  mayBeElsewhere(name: string): boolean;
}

/** null: the pod runs none of them. */
export function componentFlags(pod: Pod): Flags | null {
  for (const [index, container] of (pod.spec?.containers ?? []).entries()) {
    const component = componentOf(container);
    if (component !== null) return flagsOf(component, container, `spec.containers[${index}]`);
  }
  return null;
}

interface Word {
  readonly text: string;
  readonly path: string;
}

/** By the program that is started, be it through `hyperkube` or a shell; not by labels, which anybody may write. */
function componentOf(container: Container): Component | null {
  for (const { text } of wordsOf(container, '').slice(0, 4)) {
    const program = text.split('/').at(-1);
    const component = COMPONENTS.find((name) => name === program);
    if (component !== undefined) return component;
  }
  return null;
}

/** A line for a shell is taken apart at its spaces. */
function wordsOf({ command, args }: Container, path: string): readonly Word[] {
  const place = (list: readonly string[] | undefined, field: string): readonly Word[] =>
    (list ?? []).flatMap((text, index) => {
      const words = / --/.test(text) ? text.trim().split(/\s+/) : [text];
      return words.map((word) => ({ text: word, path: `${path}.${field}[${index}]` }));
    });
  return [...place(command, 'command'), ...place(args, 'args')];
}

interface Given {
  readonly value: string;
  readonly path: string;
}

function flagsOf(component: Component, container: Container, path: string): Flags {
  const given = givenIn(wordsOf(container, path));
  // Where the flags stand that there are.
  const where = (container.args ?? []).some((text) => text.trim().startsWith('--')) ? 'args' : 'command';
  const variables = new Set((container.env ?? []).map(({ name }) => name));
  const of = (name: string): readonly Given[] => given.get(name) ?? [];
  const value = (name: string): string | null => of(name).at(-1)?.value ?? null;
  return {
    component,
    value,
    entries: (name) =>
      of(name)
        .flatMap((each) => each.value.split(','))
        .map((entry) => entry.trim())
        .filter((entry) => entry !== ''),
    field: (name) => {
      const last = of(name).at(-1);
      return last === undefined
        ? { path: `${path}.${where}: --${name}`, value: null }
        : { path: last.path, value: `--${name}=${last.value}` };
    },
    mayBeElsewhere: (name) =>
      component === 'etcd'
        ? of('config-file').length > 0 || variables.has(`ETCD_${name.toUpperCase().replaceAll('-', '_')}`)
        : (FILES[name] ?? []).some((file) => of(file).length > 0),
  };
}

/** Flags that a file of settings stands for, where one is named. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  'authorization-mode': ['authorization-config'],
  'anonymous-auth': ['authentication-config'],
  // Of the scheduler alone; the others know no such flag.
  profiling: ['config'],
};

/** `--flag=value`, `--flag value`, `--flag`; `_` is as good as `-`. */
function givenIn(words: readonly Word[]): ReadonlyMap<string, readonly Given[]> {
  const given = new Map<string, Given[]>();
  for (const [index, { text, path }] of words.entries()) {
    const match = /^--?([a-zA-Z][\w-]*)(?:=([\s\S]*))?$/.exec(text);
    if (match === null) continue;
    const [, name = '', attached] = match;
    const next = words[index + 1]?.text;
    const value = attached ?? (next === undefined || next.startsWith('-') ? 'true' : next);
    const key = name.replaceAll('_', '-');
    given.set(key, [...(given.get(key) ?? []), { value: unquoted(value), path }]);
  }
  return given;
}

function unquoted(value: string): string {
  return value.replace(/^(['"])([\s\S]*)\1$/, '$2');
}
