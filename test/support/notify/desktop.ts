import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { tempFolder } from '../temp.ts';

/** What of these programs is not installed here. */
export function missing(...programs: readonly string[]): readonly string[] {
  const folders = (process.env['PATH'] ?? '').split(':');
  return programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
}

export interface Bus {
  readonly env: Readonly<Record<string, string>>;
  /** What a monitor of the bus has seen so far. */
  seen(): string;
  /** Starts another program on this bus; it ends with the test. */
  start(program: string, ...args: string[]): ChildProcess;
}

/** A D-Bus of our own, with nobody on it, and a monitor. */
export async function privateBus(extra: Readonly<Record<string, string>> = {}): Promise<Bus> {
  const folder = tempFolder();
  const socket = join(folder, 'bus');
  const address = `unix:path=${socket}`;
  // A configuration without service folders: nothing is started because somebody asks for it.
  const config = join(folder, 'bus.conf');
  execFileSync('tee', [config], {
    input: `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>${address}</listen><policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    DBUS_SESSION_BUS_ADDRESS: address,
    LC_ALL: 'C.UTF-8',
    ...extra,
  };
  const start = (program: string, ...args: string[]): ChildProcess => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };
  start('dbus-daemon', `--config-file=${config}`, '--nofork', '--nopidfile');
  await until(() => existsSync(socket));
  let seen = '';
  start('dbus-monitor', '--session', "interface='org.freedesktop.Notifications'").stdout?.on(
    'data',
    (chunk: Buffer) => {
      seen += chunk.toString();
    },
  );
  await until(() => seen.includes('NameAcquired'));
  return { env, seen: () => seen, start };
}

/** A display without a screen; its name. */
export async function privateDisplay(): Promise<string> {
  const child = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '900x600x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let number = '';
  child.stdout.on('data', (chunk: Buffer) => (number += chunk.toString()));
  await until(() => /\d+\n/.test(number));
  return `:${number.trim()}`;
}

/** A notification daemon that shows everything on this bus and display. */
export async function dunstOn(bus: Bus): Promise<void> {
  bus.start('dunst', '-conf', '/dev/null');
  await until(() => {
    try {
      const names = execFileSync(
        'dbus-send',
        ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.ListNames'],
        { env: bus.env },
      );
      return names.toString().includes('org.freedesktop.Notifications');
    } catch {
      return false; // not there yet
    }
  });
}

export async function until(is: () => boolean): Promise<void> {
  for (let waited = 0; !is(); waited += 20) {
    if (waited > 10_000) throw new Error('it did not happen within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
