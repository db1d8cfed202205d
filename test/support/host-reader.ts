import { createHostReader, type HostDeps, type HostReader } from '../../src/providers/host/reader.ts';

/** A reader of the real machine, or of the tree that a test lays out. */
export function hostReader(deps: Partial<HostDeps> = {}): HostReader {
  return createHostReader({
    machineId: 'test',
    platform: 'linux',
    procRoot: '/proc',
    root: '/nowhere',
    cgroupRoot: '/sys/fs/cgroup',
    home: '/nowhere',
    execPath: process.execPath,
    hostname: 'test-host',
    env: {},
    ...deps,
  });
}
