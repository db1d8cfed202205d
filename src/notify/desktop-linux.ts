import { existsSync } from 'node:fs';
import type { Notification, Notifier } from '../domain/notification.ts';
import { shortHash } from '../domain/id.ts';
import { runCommand } from './command.ts';
import type { NotifierDeps } from './deps.ts';
import { offerButton } from './offer-button.ts';
import { wordingOf } from './wording.ts';

const TIMEOUT_MS = 5_000;
const ROOM = { title: 120, line: 200, lines: 6 } as const;

/**
 * notify-send, which speaks the Desktop Notifications Specification 1.2 over the session's D-Bus.
 * Without a bus, or with nobody on it who shows notifications, it fails at once.
 */
export function linuxDesktop({ env, platform, onOpen }: NotifierDeps): Notifier {
  return {
    name: 'desktop',
    timeoutMs: TIMEOUT_MS,
    send: async (notification, signal) => {
      const command = {
        program: 'notify-send',
        args: ['--print-id', ...argumentsOf(notification)],
        env: withBus({ ...env, LC_ALL: 'C.UTF-8' }, platform),
        signal,
        timeoutMs: TIMEOUT_MS,
      };
      const id = (await runCommand(command)).trim();
      if (onOpen === undefined || !/^\d+$/.test(id)) return;
      const button = [`--replace-id=${id}`, '--action=open=Open', ...argumentsOf(notification)];
      offerButton({ ...command, args: button }, (action) => (action === 'open' ? onOpen(notification) : undefined));
    },
  };
}

/** Nothing that a finding says can be an option: it all stands after the `--`. */
function argumentsOf(notification: Notification): readonly string[] {
  const { title, lines } = wordingOf(notification, ROOM);
  const tag = `holdfast-${shortHash(`${notification.kind} ${notification.runbook ?? ''}`)}`;
  return [
    '--app-name=Holdfast',
    `--urgency=${urgency(notification)}`,
    `--icon=${notification.severity === null ? 'dialog-information' : 'dialog-warning'}`,
    '--category=device',
    // Both make a bubble take the place of the last one with the same tag; who doesn't know them shows another.
    `--hint=string:x-canonical-private-synchronous:${tag}`,
    `--hint=string:x-dunst-stack-tag:${tag}`,
    '--',
    title,
    lines.map(bodyText).join('\n'),
  ];
}

function urgency({ severity }: Notification): 'low' | 'normal' | 'critical' {
  if (severity === 'critical') return 'critical';
  return severity === 'high' || severity === 'medium' ? 'normal' : 'low';
}

/**
 * The body is Pango markup, so `& < >` are written as entities; before that notify-send resolves
 * C escapes in it (`\074` would become `<`), so a backslash is doubled.
 */
function bodyText(line: string): string {
  return line.replaceAll('\\', '\\\\').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Under cron and systemd nothing says where the session's bus is; where it is, is known. */
function withBus(env: NotifierDeps['env'], platform: NodeJS.Platform): NotifierDeps['env'] {
  if (env['DBUS_SESSION_BUS_ADDRESS'] !== undefined || platform !== 'linux') return env;
  const socket = `${env['XDG_RUNTIME_DIR'] ?? `/run/user/${process.getuid?.()}`}/bus`;
  return existsSync(socket) ? { ...env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` } : env;
}
