import type { Notifier } from '../domain/notification.ts';
import type { NotifierDeps } from './deps.ts';
import { linuxDesktop } from './desktop-linux.ts';
import { macDesktop } from './desktop-mac.ts';
import { windowsDesktop } from './desktop-windows.ts';

/** The bubbles of this machine's desktop. */
export function desktopNotifier(deps: NotifierDeps): Notifier {
  switch (deps.platform) {
    case 'darwin':
      return macDesktop(deps);
    case 'win32':
      return windowsDesktop(deps);
    default:
      return linuxDesktop(deps);
  }
}
