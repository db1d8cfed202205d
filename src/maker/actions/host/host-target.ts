import type { Target } from '../../../domain/target.ts';
import type { HostReader } from '../../../providers/host/reader.ts';

/** This machine, by the keyed hash of its machine id; its name is for people. */
export function hostTarget({ machineId, hostname }: HostReader): Target {
  return { provider: 'host', id: machineId, name: hostname, details: {} };
}
