import type { InventoryFact, InventorySource } from '../../domain/inventory.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { allHidden, elsewhere, factOf } from './facts.ts';

export const source: InventorySource<HostReader> = {
  id: 'host/kernel-modules',
  title: 'Modules of the kernel',
  description: `From \`/proc/modules\`: the names of the modules that are loaded, and, as a kind of their own, those that taint the kernel because they are not its own (out of tree), not signed, proprietary, loaded by force or from staging. From \`/proc/sys/kernel/tainted\`: whether any such module was ever loaded since the start, which a module that hides itself can not take back.

The kernel loads modules of its own by itself when hardware or a file system asks for them, so that one that is new is \`info\`. A kernel without modules has none, and that is no trouble.`,
  kinds: {
    'kernel-module': { noun: 'a module of the kernel', added: 'info', removed: 'info', changed: 'info' },
    'tainting-module': {
      noun: "a module that is not the kernel's own",
      added: 'high',
      removed: 'low',
      changed: 'medium',
    },
    'kernel-taint': { noun: 'what modules left in the kernel', added: 'medium', removed: 'info', changed: 'high' },
  },
  timeoutMs: 20_000,

  async read(reader) {
    const kinds = Object.keys(source.kinds);
    const notHere = elsewhere(reader, kinds);
    if (notHere !== null) return notHere;
    const tainted = await reader.system.text('/proc/sys/kernel/tainted');
    const taint = tainted.status === 'seen' ? /^(\d{1,15})\s*$/.exec(tainted.value ?? '')?.[1] : undefined;
    if (taint === undefined) return allHidden(reader, kinds, UNREADABLE);
    const modules = await reader.system.text('/proc/modules');
    if (modules.status === 'unknown') return allHidden(reader, kinds, modules.failure);
    const facts = (modules.value ?? '').split('\n').flatMap((line) => moduleFact(reader, line));
    return { facts: [...facts, factOf(reader, 'kernel-taint', 'kernel', taintValue(BigInt(taint)))], hidden: [] };
  },
};

const UNREADABLE = {
  code: 'TAINT_UNREADABLE',
  message: '/proc/sys/kernel/tainted could not be read, so there is no telling what was loaded into the kernel.',
};

/** `name size users dependents state address (taints)`, proc_modules(5); one on its way in or out is left for the next look. */
function moduleFact(reader: HostReader, line: string): readonly InventoryFact[] {
  const match = /^(\S+) \d+ \S+ \S+ Live \S+(?: \(([A-Z+-]+)\))?$/.exec(line.trim());
  if (match === null) return [];
  const [, name = '', letters = ''] = match;
  const taints = letters
    .split('')
    .flatMap((letter) => TAINTS[letter] ?? [])
    .toSorted();
  return [
    taints.length === 0
      ? factOf(reader, 'kernel-module', name, {})
      : factOf(reader, 'tainting-module', name, { taints }),
  ];
}

/** Documentation/admin-guide/tainted-kernels.rst */
const TAINTS: Readonly<Record<string, string>> = {
  P: 'proprietary',
  F: 'loaded by force',
  C: 'staging',
  O: 'out of tree',
  E: 'unsigned',
  K: 'live patch',
};

/** The bits of the same list that a module sets; others come with errors and go with the next start. */
const BITS: readonly (readonly [bit: bigint, what: string])[] = [
  [0n, 'proprietary'],
  [1n, 'loaded by force'],
  [10n, 'staging'],
  [12n, 'out of tree'],
  [13n, 'unsigned'],
  [15n, 'live patch'],
];

function taintValue(mask: bigint) {
  return { taints: BITS.flatMap(([bit, what]) => (((mask >> bit) & 1n) === 1n ? [what] : [])).toSorted() };
}
