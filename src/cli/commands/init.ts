import { carryOutInit, lookAround, planInit, type InitAnswers } from '../../app/init.ts';
import { openStateless, type App } from '../../app/app.ts';
import { EXIT, print, type Door } from '../door.ts';
import { present } from '../present.ts';
import type { Terminal } from '../terminal.ts';
import { table } from '../views/layout.ts';

/** `holdfast init`: looks around, asks (on a terminal, without --yes), writes a configuration and a first runbook. */
export async function init(
  door: Door,
  _args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const human = door.options.output === 'human';
  const found = await lookAround(door.surroundings);
  if (human) {
    const rows = found.map(({ what, where }) => [`  ${what}`, where]);
    print(
      door,
      app,
      rows.length === 0
        ? 'Nothing but this machine itself was found to look at.'
        : `Found on this machine:\n${table(rows)}`,
    );
    print(
      door,
      app,
      'This version checks the machine itself, network endpoints, containers and Kubernetes; the others follow.\n',
    );
  }
  const ask = human && options['yes'] !== true && door.terminal.interactive;
  const answers = ask ? await askOperator(app, door.terminal) : { endpoints: [], backups: [] };
  if (answers === null) return EXIT.interrupted;
  const plan = planInit(app.places, answers, found);
  await carryOutInit(plan, options['force'] === true);
  const paths = plan.files.map(({ path }) => path);
  present(door, app, {
    human: () =>
      `Wrote:\n${paths.map((path) => `  ${path}`).join('\n')}\n\nNext: holdfast run machine${paths.some((path) => path.endsWith('cluster.md')) ? ', holdfast run cluster' : ''}`,
    json: () => ['init', { found, files: paths }],
  });
  return EXIT.done;
}

/** null when the operator leaves: no answer means no. */
async function askOperator(app: App, terminal: Terminal): Promise<InitAnswers | null> {
  const leaving = terminal.leaving();
  try {
    return await askUntil(app, leaving.signal);
  } finally {
    leaving.done();
  }
}

async function askUntil(app: App, signal: AbortSignal): Promise<InitAnswers | null> {
  const { text, confirm, isCancel } = await import('@clack/prompts');
  const endpoints = await text({
    signal,
    message: 'URLs that must answer (separated by spaces, or empty)',
    placeholder: 'https://shop.internal/healthz',
    defaultValue: '',
    validate: (value) =>
      words(value)
        .map(urlTrouble)
        .find((trouble) => trouble !== undefined),
  });
  if (isCancel(endpoints)) return null;
  const backups = await text({
    signal,
    message: 'Backups that must not be older than a day (paths or patterns, or empty)',
    placeholder: '/var/backups/*.tar.gz',
    defaultValue: '',
  });
  if (isCancel(backups)) return null;
  const go = await confirm({ signal, message: `Write ${app.places.configFile} and a runbook beside it?` });
  if (isCancel(go) || !go) return null;
  return { endpoints: words(endpoints), backups: words(backups) };
}

function words(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[\s,]+/).filter((word) => word !== '');
}

function urlTrouble(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return `${text} is not an http(s) URL`;
  return url.password === '' ? undefined : 'leave the password out: see net/http, headers';
}
