import type { StatefulApp } from '../../src/app/app.ts';
import { startServer, type Child } from './child.ts';
import { PROTOCOLS, rawClient, sdkClient, type BenchClient } from './clients.ts';
import { said, timed, type Times } from './times.ts';

const CLIENTS = 100;
const WARM_UP = 5;
const CALLS = [
  { tool: 'holdfast_version', each: 50 },
  { tool: 'list_findings', each: 10 },
] as const;

type MakeClient = (place: Child, name: string) => Promise<BenchClient>;

/** A hundred clients, each initialised and each calling without a pause, on a fresh server for each kind of client. */
export async function atOnce(app: StatefulApp): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const protocol of PROTOCOLS)
    lines.push(
      ...(await crowd(app, `raw HTTP, ${protocol}`, (place, name) => rawClient(protocol, place, name))),
      ...(await crowd(app, `SDK client of ${protocol}`, (place, name) => sdkClient(protocol, place, name))),
    );
  return lines;
}

async function crowd(app: StatefulApp, kind: string, make: MakeClient): Promise<readonly string[]> {
  const bare = await rush(app, 'bare', make, { tool: 'nothing', each: CALLS[0].each });
  const lines = [`${CLIENTS} clients at once, ${kind}: bare SDK server ${words(bare)}`];
  for (const call of CALLS) {
    const ours = await rush(app, 'product', make, call);
    const ratio = call.tool === 'holdfast_version' ? `, ${(ours.perSecond / bare.perSecond).toFixed(2)} x` : '';
    lines.push(`  ${call.tool}: ${words(ours)}${ratio}`);
  }
  return lines;
}

interface Rush {
  readonly times: Times;
  readonly perSecond: number;
  readonly peakMib: number;
}

function words({ times, perSecond, peakMib }: Rush): string {
  return `${times.length} calls, all answered, ${perSecond.toFixed(0)}/s, ${said(times)}, peak RSS ${peakMib.toFixed(0)} MiB`;
}

/** Any call that is not answered throws. */
async function rush(
  app: StatefulApp,
  mode: 'product' | 'bare',
  make: MakeClient,
  { tool, each }: { readonly tool: string; readonly each: number },
): Promise<Rush> {
  const server = await startServer(mode, app.stateDir.path);
  const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, at) => make(server, `client-${at}`)));
  await Promise.all(clients.map((client) => calls(client, tool, WARM_UP, [])));
  const times: Times = [];
  const started = performance.now();
  await Promise.all(clients.map((client) => calls(client, tool, each, times)));
  const perSecond = (times.length / (performance.now() - started)) * 1_000;
  await Promise.all(clients.map((client) => client.close()));
  return { times, perSecond, peakMib: await server.end() };
}

async function calls(client: BenchClient, tool: string, count: number, times: Times): Promise<void> {
  for (let call = 0; call < count; call += 1) await timed(times, () => client.call(tool, {}));
}
