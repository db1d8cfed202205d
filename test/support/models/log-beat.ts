import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aHome, type Home, type Told } from '../cli.ts';
import { modelServer, type ModelServer, type ModelServerOptions, type Script } from './server.ts';

export interface LogBeat extends AsyncDisposable {
  readonly home: Home;
  readonly server: ModelServer;
  /** Writes lines that the runbook's check finds (`PANIC` is critical, `WARN` is low) or not. */
  log(...lines: string[]): void;
  run(...more: string[]): Promise<Told>;
  /** The run as a document, held against its schema. */
  report(): Promise<Record<string, unknown>>;
  /** Every byte that the house keeps. */
  kept(): string;
}

export interface LogBeatOptions extends ModelServerOptions {
  /** What stands under `agent:`; none: there is no such key. */
  readonly agent?: string | null;
  /** YAML of the configuration. */
  readonly config?: string;
  readonly instructions?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A runbook that looks for patterns in a log file, after its first look; and a model behind OLLAMA_HOST. */
export async function logBeat(script: Script, options: LogBeatOptions = {}): Promise<LogBeat> {
  const server = await modelServer(script, options);
  const home = aHome({ OLLAMA_HOST: server.url, ...options.env });
  const log = join(home.folder, 'app.log');
  writeFileSync(log, 'start\n');
  const runbook = join(home.folder, 'beat.yaml');
  const { agent = 'model: ollama/gemma4:e4b', instructions = '' } = options;
  writeFileSync(
    runbook,
    [
      'name: beat',
      ...(agent === null ? [] : [`agent: { ${agent} }`]),
      'checks:',
      `  - host/log-patterns: { path: ${JSON.stringify(log)}, patterns: [{ match: PANIC, severity: critical }, { match: WARN, severity: low }] }`,
      ...(instructions === '' ? [] : [`instructions: ${JSON.stringify(instructions)}`]),
      '',
    ].join('\n'),
  );
  const config = join(home.folder, 'config.yaml');
  writeFileSync(config, options.config ?? '');
  const first = await home.holdfast('run', runbook, '--config', config);
  if (first.code !== 0) throw new Error(first.stderr);
  return {
    home,
    server,
    log: (...lines) => appendFileSync(log, lines.map((line) => `${line}\n`).join('')),
    run: (...more) => home.holdfast('run', runbook, '--config', config, ...more),
    report: () => home.json('run', runbook, '--config', config, '--quiet'),
    kept: () => everythingIn(join(home.folder, 'state')),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function everythingIn(folder: string): string {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => (statSync(path).isDirectory() ? everythingIn(path) : readFileSync(path, 'latin1')))
    .join('\n');
}
