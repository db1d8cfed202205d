import type { Notifier } from '../domain/notification.ts';
import { shortHash } from '../domain/id.ts';
import { runCommand } from './command.ts';
import type { NotifierDeps } from './deps.ts';
import { wordingOf } from './wording.ts';

const TIMEOUT_MS = 15_000;
const ROOM = { title: 100, line: 160, lines: 4 } as const;

/**
 * A toast by Windows PowerShell 5.1, which ships with Windows. The text comes in the environment and
 * goes into the document as text nodes; it is never part of the script nor of the XML as written.
 */
const SCRIPT = `
$ErrorActionPreference = 'Stop'
[Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime] | Out-Null
$type = [Windows.UI.Notifications.ToastTemplateType]::ToastText02
$document = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent($type)
$texts = $document.GetElementsByTagName('text')
$texts.Item(0).AppendChild($document.CreateTextNode($env:HOLDFAST_TOAST_TITLE)) | Out-Null
$texts.Item(1).AppendChild($document.CreateTextNode($env:HOLDFAST_TOAST_BODY)) | Out-Null
$toast = [Windows.UI.Notifications.ToastNotification]::new($document)
$toast.Tag = $env:HOLDFAST_TOAST_TAG
$toast.Group = 'holdfast'
$app = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe'
[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($app).Show($toast)
`;

/** Not tried on Windows by this project (docs/notifications.md). */
export function windowsDesktop({ env }: NotifierDeps): Notifier {
  return {
    name: 'desktop',
    timeoutMs: TIMEOUT_MS,
    send: async (notification, signal) => {
      const { title, lines } = wordingOf(notification, ROOM);
      await runCommand({
        program: 'powershell.exe',
        args: [
          '-NoLogo',
          '-NoProfile',
          '-NonInteractive',
          '-EncodedCommand',
          Buffer.from(SCRIPT, 'utf16le').toString('base64'),
        ],
        env: {
          ...env,
          HOLDFAST_TOAST_TITLE: title,
          HOLDFAST_TOAST_BODY: lines.join('\n'),
          HOLDFAST_TOAST_TAG: shortHash(notification.runbook ?? ''),
        },
        signal,
        timeoutMs: TIMEOUT_MS,
      });
    },
  };
}
