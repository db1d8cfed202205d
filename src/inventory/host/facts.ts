import type { Failure } from '../../domain/check.ts';
import type { HiddenFact, InventoryFact, InventoryRead } from '../../domain/inventory.ts';
import type { JsonObject } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import { everyResource, resourceId } from '../../domain/resource-id.ts';
import type { HostReader } from '../../providers/host/reader.ts';

type Machine = Pick<HostReader, 'machineId'>;

/** A fact of this machine; the name is part of its identity and tells it from all others of the kind. */
export function factOf(machine: Machine, kind: string, name: string, value: JsonObject): InventoryFact {
  return { kind, resource: resourceId('host', machine.machineId, kind, name), name: printable(name), value };
}

/** One resource that could not be read. */
export function hiddenOf(machine: Machine, kind: string, name: string, failure: Failure): HiddenFact {
  return { kind, resource: resourceId('host', machine.machineId, kind, name), name: printable(name), failure };
}

/** Everything of a kind whose name begins with `start` and a slash. */
export function hiddenUnder(machine: Machine, kind: string, start: string, failure: Failure): HiddenFact {
  return {
    kind,
    resource: `${resourceId('host', machine.machineId, kind, start)}/*`,
    name: `everything under ${printable(start)}`,
    failure,
  };
}

/** Everything of these kinds, and nothing else. */
export function allHidden(machine: Machine, kinds: readonly string[], failure: Failure): InventoryRead {
  return {
    facts: [],
    hidden: kinds.map((kind) => ({
      kind,
      resource: everyResource('host', machine.machineId, kind),
      name: `every ${kind}`,
      failure,
    })),
  };
}

/** null on Linux; elsewhere everything of these kinds is hidden, as the facts are read where Linux keeps them. */
export function elsewhere(
  reader: Pick<HostReader, 'machineId' | 'platform'>,
  kinds: readonly string[],
): InventoryRead | null {
  if (reader.platform === 'linux') return null;
  return allHidden(reader, kinds, {
    code: 'LINUX_ONLY',
    message: `On ${reader.platform} this part of the inventory is not read: its facts are known of Linux only.`,
  });
}

/** Set semantics: sorted by code unit, each once. */
export function sortedSet(values: Iterable<string>): readonly string[] {
  return [...new Set(values)].toSorted();
}
