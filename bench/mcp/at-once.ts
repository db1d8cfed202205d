import type { StatefulApp } from '../../src/app/app.ts';
import { startServer, type Child } from './child.ts';
import { PROTOCOLS, rawClient, sdkClient, type BenchClient } from './clients.ts';
import { said, timed, type Times } from './times.ts';

const CLIENTS = 100;
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
  const bare = await startServer('bare', app.stateDir.path);
  const limit = await rush(bare, make, 'nothing', CALLS[0].each);
  await bare.end();
  const ours = await startServer('product', app.stateDir.path);
  const lines: string[] = [];
  for (const { tool, each } of CALLS) {
    const { times, perSecond } = await rush(ours, make, tool, each);
    const ratio = tool === 'holdfast_version' ? `, ${(perSecond / limit.perSecond).toFixed(2)} x` : '';
    lines.push(
      `  ${tool}: ${times.length} calls, all answered, ${perSecond.toFixed(0)} calls/s${ratio}, ${said(times)}`,
    );
  }
  return [
    `${CLIENTS} clients at once, ${kind}: bare SDK server ${limit.perSecond.toFixed(0)} calls/s, ${said(limit.times)}; the server's peak RSS ${(await ours.end()).toFixed(0)} MiB`,
    ...lines,
  ];
}

/** Any call that is not answered throws. */
async function rush(
  place: Child,
  make: MakeClient,
  tool: string,
  each: number,
): Promise<{ readonly times: Times; readonly perSecond: number }> {
  const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, at) => make(place, `client-${at}`)));
  const warm: Times = [];
  await Promise.all(clients.map((client) => calls(client, tool, 5, warm)));
  const times: Times = [];
  const started = performance.now();
  await Promise.all(clients.map((client) => calls(client, tool, each, times)));
  const seconds = (performance.now() - started) / 1_000;
  await Promise.all(clients.map((client) => client.close()));
  return { times, perSecond: times.length / seconds };
}

async function calls(client: BenchClient, tool: string, count: number, times: Times): Promise<void> {
  for (let call = 0; call < count; call += 1) await timed(times, () => client.call(tool, {}));
}
