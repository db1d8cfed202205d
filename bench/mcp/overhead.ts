import type { StatefulApp } from '../../src/app/app.ts';
import { readCommands } from '../../src/cli/read-command.ts';
import { called } from '../../src/mcp/called.ts';
import { TOOLS } from '../../src/mcp/catalog.ts';
import { createTurns } from '../../src/mcp/turns.ts';
import { startServer, SERVER } from './child.ts';
import { PROTOCOLS, rawClient, sdkClient, stdioClient, type BenchClient, type Place } from './clients.ts';
import { percentile, said, timed, type Times } from './times.ts';

const TARGET_MS = 5;
const WARM_UP = 500;
const CALLS = [
  { tool: 'holdfast_version', rounds: 3_000 },
  { tool: 'list_findings', rounds: 1_000 },
] as const;

/**
 * What a call takes above its work, one call at a time: the same tool called in this process, and through a server of its
 * own over HTTP and over stdio, in turn, round by round; beside them a bare server of the SDK with a tool that does nothing.
 */
export async function callOverhead(app: StatefulApp): Promise<readonly string[]> {
  const [ours, bare] = await Promise.all([
    startServer('product', app.stateDir.path),
    startServer('bare', app.stateDir.path),
  ]);
  const clients = {
    ours: await Promise.all(PROTOCOLS.map((protocol) => sdkClient(protocol, ours, 'bench'))),
    bare: await Promise.all(PROTOCOLS.map((protocol) => sdkClient(protocol, bare, 'bench'))),
    stdio: await stdioClient([SERVER, 'stdio', app.stateDir.path]),
  };
  const lines: string[] = [];
  for (const { tool, rounds } of CALLS) {
    await measured(app, tool, clients, WARM_UP);
    lines.push(...linesOf(tool, rounds, await measured(app, tool, clients, rounds)));
    lines.push(...(await inARow(app, tool, rounds, { ours, bare })));
  }
  await Promise.all([...clients.ours, ...clients.bare, clients.stdio].map((client) => client.close()));
  await Promise.all([ours.end(), bare.end()]);
  return lines;
}

interface Clients {
  /** One for each protocol. */
  readonly ours: readonly BenchClient[];
  readonly bare: readonly BenchClient[];
  readonly stdio: BenchClient;
}

interface Measured {
  readonly work: Times;
  /** The work, its answer redacted, and the call written into the audit log. */
  readonly recorded: Times;
  readonly ours: readonly Times[];
  readonly bare: readonly Times[];
  readonly stdio: Times;
}

async function measured(app: StatefulApp, tool: string, clients: Clients, rounds: number): Promise<Measured> {
  const none = (): Times[] => PROTOCOLS.map(() => []);
  const times: Measured = { work: [], recorded: [], ours: none(), bare: none(), stdio: [] };
  const { work, recorded } = inProcess(app, tool);
  for (let round = 0; round < rounds; round += 1) {
    await timed(times.work, work);
    await timed(times.recorded, recorded);
    for (const at of PROTOCOLS.keys()) {
      await timed(times.ours[at] ?? [], async () => clients.ours[at]?.call(tool, {}));
      await timed(times.bare[at] ?? [], async () => clients.bare[at]?.call('nothing', {}));
    }
    await timed(times.stdio, () => clients.stdio.call(tool, {}));
  }
  return times;
}

/**
 * Call after call, as a client that has nothing else to do, and does next to nothing itself: first the work in this process,
 * then our server and the bare one in turn, twice.
 */
async function inARow(
  app: StatefulApp,
  tool: string,
  rounds: number,
  { ours, bare }: { readonly ours: Place; readonly bare: Place },
): Promise<readonly string[]> {
  const [work, mine, theirs]: [Times, Times, Times] = [[], [], []];
  const alone = inProcess(app, tool).work;
  for (let call = 0; call < rounds; call += 1) await timed(work, alone);
  for (let turn = 0; turn < 2; turn += 1) {
    await callInARow(ours, tool, rounds, mine);
    await callInARow(bare, 'nothing', rounds, theirs);
  }
  const overhead = percentile(mine, 99) - percentile(work, 50);
  return [
    `  HTTP, raw client of 2026-07-28, in a row: ${said(mine)}; p99 above the usual work ${overhead.toFixed(2)} ms (target ${TARGET_MS} ms); bare SDK server ${said(theirs)}`,
  ];
}

async function callInARow(server: Place, tool: string, rounds: number, times: Times): Promise<void> {
  const client = await rawClient('2026-07-28', server, 'bench');
  for (let call = 0; call < WARM_UP; call += 1) await client.call(tool, {});
  for (let call = 0; call < rounds; call += 1) await timed(times, () => client.call(tool, {}));
  await client.close();
}

function inProcess(app: StatefulApp, name: string) {
  const tool = TOOLS.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`there is no tool ${name}`);
  const call = {
    app,
    client: 'bench',
    name,
    input: {},
    signal: new AbortController().signal,
    onProgress: () => undefined,
    command: readCommands(app.surroundings, { stateDir: app.stateDir.path, config: undefined }),
    turns: createTurns(1),
    onTrouble: (error: unknown) => console.error(error),
  };
  return { work: () => tool.call(call, call.input), recorded: () => called(call) };
}

function linesOf(tool: string, rounds: number, { work, recorded, ours, bare, stdio }: Measured): readonly string[] {
  return [
    `${tool}, ${rounds} rounds of one call each way: the work alone ${said(work)}`,
    `  redacted and recorded, in the same process: ${said(recorded)}; above the work ${said(above(recorded, work))}`,
    ...PROTOCOLS.map((protocol, at) => {
      const [mine, theirs] = [ours[at] ?? [], bare[at] ?? []];
      const ratio = (percent: number): string =>
        `${(percentile(mine, percent) / percentile(theirs, percent)).toFixed(2)} x`;
      return `  HTTP, SDK client of ${protocol}: ${said(mine)}; above the work ${said(above(mine, work))}; bare SDK server ${said(theirs)}: ${ratio(50)} at p50, ${ratio(99)} at p99`;
    }),
    `  stdio, SDK client of 2026-07-28: ${said(stdio)}; above the work ${said(above(stdio, work))}`,
  ];
}

/** Round by round, so that a machine that slows down slows both down. */
function above(whole: Times, work: Times): Times {
  return whole.map((time, round) => time - (work[round] ?? Number.NaN));
}
