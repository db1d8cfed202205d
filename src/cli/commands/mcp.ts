import { openApp, type StatefulApp } from '../../app/app.ts';
import { parseListen } from '../../domain/loopback.ts';
import { EXIT, say, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { text, type Options } from '../options.ts';
import { isOverHttp } from '../over-http.ts';
import { readCommands } from '../read-command.ts';
import { reason } from '../tell-error.ts';

/** `holdfast mcp`: serves until the client hangs up (stdio), or until it is told to stop (http). */
export async function mcp(door: Door, _args: readonly string[], options: Options): Promise<number> {
  const isHttp = isOverHttp(options);
  const app = openApp(door.surroundings, door.options);
  const interrupt = onInterrupt();
  try {
    if (isHttp) await overHttp(door, app, text(options['listen']), interrupt.signal);
    else await overStdio(door, app, interrupt.signal);
    return EXIT.done;
  } finally {
    interrupt.done();
    app.close();
  }
}

async function overStdio(door: Door, app: StatefulApp, signal: AbortSignal): Promise<void> {
  const { serveMcpStdio } = await import('../../mcp/serve-stdio.ts');
  await serveMcpStdio(app, {
    command: readCommands(door.surroundings, door.options),
    signal,
    // stdout is the protocol's; what clients make of stderr is their own.
    onTrouble: (error) => say(door, app, reason(error)),
  });
}

async function overHttp(door: Door, app: StatefulApp, listen: string | undefined, signal: AbortSignal): Promise<void> {
  const { serveMcpHttp } = await import('../../mcp/serve-http.ts');
  const listening = await serveMcpHttp(app, {
    listen: listen === undefined ? app.config.mcp.listen : parseListen(listen),
    origins: app.config.mcp.origins,
    command: readCommands(door.surroundings, door.options),
    onRefused: ({ status, says }) => say(door, app, `refused (${status}): ${says}`),
    onTrouble: (error) => say(door, app, reason(error)),
  });
  say(door, app, `MCP at ${listening.url}; clients need the token of \`holdfast mcp token\``);
  await aborted(signal);
  await listening.close();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
