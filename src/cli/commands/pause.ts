import { openApp } from '../../app/app.ts';
import { pauseRunbook, resumeRunbook } from '../../app/pause.ts';
import { EXIT, type Door } from '../door.ts';
import { present } from '../present.ts';

export async function pause(
  door: Door,
  [name = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  try {
    const reason = typeof options['reason'] === 'string' ? options['reason'] : null;
    await pauseRunbook(app, name, reason);
    present(door, app, {
      human: () => `${name} is paused: its slots are skipped, and say so, until \`holdfast resume ${name}\`.`,
      json: () => ['paused', { runbook: name, paused: true }],
    });
    return EXIT.done;
  } finally {
    app.close();
  }
}

export async function resume(door: Door, [name = '']: readonly string[]): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  try {
    await resumeRunbook(app, name);
    present(door, app, {
      human: () => `${name} runs again from its next slot on.`,
      json: () => ['paused', { runbook: name, paused: false }],
    });
    return EXIT.done;
  } finally {
    app.close();
  }
}
