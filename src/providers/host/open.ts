import { hostname } from 'node:os';
import type { ProviderDeps } from '../../domain/provider-deps.ts';
import { readMachineId } from './machine-id.ts';
import { createHostReader, type HostReader } from './reader.ts';

const MACHINE_ID_FILES = ['/etc/machine-id', '/var/lib/dbus/machine-id'];

/** This machine as it is: the reader's only way to the real one. */
export async function openHostReader(deps: ProviderDeps): Promise<HostReader> {
  return createHostReader({
    machineId: await readMachineId(MACHINE_ID_FILES, deps.instance),
    platform: deps.platform,
    procRoot: '/proc',
    root: '',
    cgroupRoot: '/sys/fs/cgroup',
    home: deps.home,
    execPath: process.execPath,
    hostname: hostname(),
    env: deps.env,
  });
}
