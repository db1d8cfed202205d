import { openApp, type StatefulApp } from '../../app/app.ts';
import { mcpToken, newMcpToken } from '../../app/mcp-token.ts';
import { EXIT, say, type Door } from '../door.ts';

/** `holdfast mcp token`: prints the secret, because that is what was asked for; nothing else ever does. */
export async function mcpTokenShow(door: Door): Promise<number> {
  return withApp(door, (app) => door.terminal.secret(`${mcpToken(app)}\n`));
}

/** `holdfast mcp token rotate` */
export async function mcpTokenRotate(door: Door): Promise<number> {
  return withApp(door, (app) => {
    newMcpToken(app);
    say(
      door,
      app,
      'There is a new token: `holdfast mcp token` prints it. Clients with the old one are refused from now on.',
    );
  });
}

function withApp(door: Door, work: (app: StatefulApp) => void): number {
  const app = openApp(door.surroundings, door.options);
  try {
    work(app);
    return EXIT.done;
  } finally {
    app.close();
  }
}
