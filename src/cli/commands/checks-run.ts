import { openApp } from '../../app/app.ts';
import { lookOnce } from '../../app/checks.ts';
import type { OneLook } from '../../app/look-with.ts';
import { lookDocument } from '../../documents/look.ts';
import { isAtLeast } from '../../domain/severity.ts';
import { EXIT, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { present } from '../present.ts';
import { lookHuman } from '../views/look-human.ts';

/** `holdfast checks run <id> --set key=value`: looks, says, forgets. */
export async function checksRun(
  door: Door,
  [id = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  const interrupt = onInterrupt();
  try {
    const settings = Array.isArray(options['set']) ? options['set'].map(String) : [];
    const look = await lookOnce(app, id, settings, interrupt.signal);
    present(door, app, {
      human: () => lookHuman(look, door.terminal.columns, door.terminal.style),
      json: () => ['look', lookDocument(look)],
    });
    return interrupt.signal.aborted ? EXIT.interrupted : exitCode(door, look);
  } finally {
    interrupt.done();
    app.close();
  }
}

function exitCode({ options: { failOn, failOnUnknown } }: Door, look: OneLook): number {
  const drafts = look.resources.flatMap((resource) => resource.drafts);
  if (failOn !== undefined && drafts.some(({ severity }) => isAtLeast(severity, failOn))) return EXIT.findings;
  return failOnUnknown && (look.outcome === 'unknown' || look.hidden.length > 0) ? EXIT.unknown : EXIT.done;
}
