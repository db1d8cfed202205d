import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { linuxDesktop } from '../../src/notify/desktop-linux.ts';
import { aWorld, HOSTILE, never } from '../support/notify/deps.ts';
import { dunstOn, missing, privateBus, privateDisplay, until } from '../support/notify/desktop.ts';
import { aNotification } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';
import { tempFolder } from '../support/temp.ts';

/** A notify-send that does what a test wants. */
function fakeNotifySend(script: string): { readonly PATH: string; readonly folder: string } {
  const folder = tempFolder();
  writeFileSync(join(folder, 'notify-send'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'notify-send'), 0o700);
  return { PATH: `${folder}:/usr/bin:/bin`, folder };
}

describe('the desktop of Linux', () => {
  it('says so when notify-send is not installed', async () => {
    const desktop = linuxDesktop(aWorld({ env: { PATH: tempFolder() } }));
    await expect(desktop.send(aNotification(), never)).rejects.toThrow('notify-send is not installed');
  });

  it('hands over the words after --, where nothing is an option', async () => {
    const { PATH, folder } = fakeNotifySend(`printf '%s\\0' "$@" > "$(dirname "$0")"/args`);
    for (const text of HOSTILE) {
      const words = redactor.text(text);
      await linuxDesktop(aWorld({ env: { PATH } })).send(
        aNotification({ title: words, lines: [{ finding: null, severity: 'low', news: 'new', text: words }] }),
        never,
      );
      const args = readFileSync(join(folder, 'args'), 'utf8').split('\0');
      const after = args.slice(args.indexOf('--') + 1);
      expect(
        args
          .slice(0, args.indexOf('--'))
          .every((arg) => /^--(?:print-id$|(?:app-name|urgency|icon|category|hint)=)/.test(arg)),
      ).toBe(true);
      expect(after).toHaveLength(3); // title, body, and the end of the list
      expect(after.join(''), text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\p{Cs}\p{Bidi_Control}]/u);
      expect(after[1]).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)|(?<!\\)(?:\\\\)*\\(?!\\)/);
    }
  });

  it('is as urgent as the worst line', async () => {
    const { PATH, folder } = fakeNotifySend(`printf '%s\\n' "$@" > "$(dirname "$0")"/args`);
    for (const [severity, urgency] of [
      ['critical', 'critical'],
      ['high', 'normal'],
      ['low', 'low'],
      [null, 'low'],
    ] as const) {
      await linuxDesktop(aWorld({ env: { PATH } })).send(aNotification({ severity }), never);
      expect(readFileSync(join(folder, 'args'), 'utf8')).toContain(`--urgency=${urgency}\n`);
    }
  });

  it('gives the bubbles of one runbook one tag, and another runbook another', async () => {
    const { PATH, folder } = fakeNotifySend(`printf '%s\\n' "$@" > "$(dirname "$0")"/args`);
    const tagOf = async (runbook: string): Promise<string> => {
      await linuxDesktop(aWorld({ env: { PATH } })).send(aNotification({ runbook }), never);
      return /x-dunst-stack-tag:(\S+)/.exec(readFileSync(join(folder, 'args'), 'utf8'))?.[1] ?? '';
    };
    expect(await tagOf('heartbeat')).toBe(await tagOf('heartbeat'));
    expect(await tagOf('heartbeat')).not.toBe(await tagOf('nightly'));
  });

  it('finds the bus of the session where cron and systemd say nothing of it', async () => {
    const { PATH, folder } = fakeNotifySend(`printf '%s' "$DBUS_SESSION_BUS_ADDRESS" > "$(dirname "$0")"/bus`);
    const runtime = join(folder, 'run');
    mkdirSync(runtime);
    const socket = createServer().listen(join(runtime, 'bus'));
    onTestFinished(() => void socket.close());
    await new Promise((resolve) => socket.once('listening', resolve));
    await linuxDesktop(aWorld({ env: { PATH, XDG_RUNTIME_DIR: runtime } })).send(aNotification(), never);
    expect(readFileSync(join(folder, 'bus'), 'utf8')).toBe(`unix:path=${runtime}/bus`);
    const own = { PATH, XDG_RUNTIME_DIR: runtime, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/own' };
    await linuxDesktop(aWorld({ env: own })).send(aNotification(), never);
    expect(readFileSync(join(folder, 'bus'), 'utf8')).toBe('unix:path=/own');
  });

  it('is stopped when it hangs', async () => {
    const { PATH } = fakeNotifySend('exec sleep 60');
    const stop = new AbortController();
    const sent = linuxDesktop(aWorld({ env: { PATH } })).send(aNotification(), stop.signal);
    stop.abort();
    await expect(sent).rejects.toThrow('notify-send was stopped');
  });
});

describe.skipIf(missing('notify-send').length > 0)('notify-send itself', () => {
  it('fails at once when there is no bus', async () => {
    const env = { PATH: process.env['PATH'], DBUS_SESSION_BUS_ADDRESS: `unix:path=${tempFolder()}/none` };
    await expect(linuxDesktop(aWorld({ env })).send(aNotification(), never)).rejects.toThrow(/^notify-send failed: /);
  });
});

describe.skipIf(missing('notify-send', 'dbus-daemon', 'dbus-monitor', 'dbus-send').length > 0)(
  'a private D-Bus',
  () => {
    it('with nobody who shows notifications is a failure at once', async () => {
      const bus = await privateBus();
      await expect(linuxDesktop(aWorld({ env: bus.env })).send(aNotification(), never)).rejects.toThrow(
        /notify-send failed: .*org\.freedesktop/,
      );
    });
  },
);

describe.skipIf(missing('notify-send', 'dbus-daemon', 'dbus-monitor', 'dbus-send', 'dunst', 'Xvfb').length > 0)(
  'a notification daemon',
  () => {
    it('gets every notification, with hostile words as words', async () => {
      const bus = await privateBus({ DISPLAY: await privateDisplay() });
      await dunstOn(bus);
      const desktop = linuxDesktop(aWorld({ env: bus.env }));
      for (const text of HOSTILE) {
        const words = redactor.text(text);
        await desktop.send(
          aNotification({ title: words, lines: [{ finding: null, severity: 'critical', news: 'new', text: words }] }),
          never,
        );
      }
      const calls = (): number => bus.seen().split('member=Notify\n').length - 1;
      await until(() => calls() === HOSTILE.length);
      // What dunst gets is markup in which every < > & of ours is an entity, whatever notify-send resolved before.
      const bodies = [...bus.seen().matchAll(/string "(CRITICAL: .*)"/g)].map((match) => match[1] ?? '');
      expect(bodies).toHaveLength(HOSTILE.length);
      for (const body of bodies) expect(body).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
      expect(bodies[6]).toBe('CRITICAL: \\074script\\076 \\n \\x3c trailing \\');
      expect(bodies[10]).toContain('日本語 émoji 🔥');
    });
  },
);

describe.skipIf(missing('notify-send', 'dbus-daemon', 'dbus-monitor', 'dbus-send', 'dunst', 'Xvfb').length > 0)(
  'a notification daemon with buttons',
  () => {
    it('shows one when there is something to open, and says when it is pressed', async () => {
      const bus = await privateBus({ DISPLAY: await privateDisplay() });
      await dunstOn(bus);
      const opened: string[] = [];
      const desktop = linuxDesktop(aWorld({ env: bus.env, onOpen: ({ id }) => void opened.push(id) }));
      await desktop.send(aNotification(), never);
      expect(opened).toEqual([]);
      await until(() => /string "open"\s+string "Open"/.test(bus.seen()));
      const press = ['--print-reply', '--dest=org.freedesktop.Notifications', '/org/freedesktop/Notifications'];
      bus.start('dbus-send', '--session', ...press, 'org.dunstproject.cmd0.NotificationAction', 'uint32:0');
      await until(() => opened.length > 0);
      expect(opened).toEqual(['n-0123456789AB']);
    });
  },
);

describe('a bubble with a button', () => {
  it('is shown though its button fails, and a failure when it is not shown', async () => {
    const onOpen = () => undefined;
    const { PATH } = fakeNotifySend('case "$*" in *--action*) exit 1;; esac; echo 7');
    const desktop = linuxDesktop(aWorld({ env: { PATH }, onOpen }));
    await expect(desktop.send(aNotification(), never)).resolves.toBeUndefined();
    const broken = linuxDesktop(aWorld({ env: { PATH: fakeNotifySend('echo no daemon >&2; exit 1').PATH }, onOpen }));
    await expect(broken.send(aNotification(), never)).rejects.toThrow('notify-send failed: no daemon');
  });
});
