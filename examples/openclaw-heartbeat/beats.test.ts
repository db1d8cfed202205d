import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { dayAfter } from '../../src/domain/cost-series.ts';
import { awsEnv } from '../../test/support/aws/aws-world.ts';
import { emptyAccount } from '../../test/support/aws/empty-account.ts';
import { startAws } from '../../test/support/aws/fake-aws.ts';
import { aHome } from '../../test/support/cli.ts';
import { createApi, status } from '../../test/support/kubernetes/api.ts';
import { pod, running, waiting } from '../../test/support/kubernetes/pods.ts';
import { kubernetesServer } from '../../test/support/kubernetes/server.ts';
import { tempFolder } from '../../test/support/temp.ts';

const HERE = import.meta.dirname;
const MAIN = join(HERE, '../../src/cli/main.ts');
const STDIO = ['--', process.execPath, MAIN, 'mcp'];
const PODS = 'are all production pods healthy?';
const COST = 'any cost anomalies since last check?';
const ENDPOINTS = 'any new public endpoints detected?';
const FINE = `ok ${PODS}, ok ${COST}, ok ${ENDPOINTS}`;

interface Beat {
  readonly code: number;
  /** The verdict of each question, in one line. */
  readonly verdicts: string;
  /** What comes after them. */
  readonly end: readonly string[];
  readonly said: string;
}

const shop = (state: object) => pod({ name: 'shop', namespace: 'production', statuses: [state] });
const door = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'door', namespace: 'production', uid: 'uid-of-door' },
  spec: { type: 'LoadBalancer', selector: { app: 'shop' }, ports: [{ port: 443, protocol: 'TCP' }] },
  status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } },
};

/** A pod in production, an empty AWS account with an even bill, and a Holdfast that took its baseline of both. */
async function aWorld() {
  const api = createApi([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'production' }, status: { phase: 'Active' } },
    shop(running()),
  ]);
  const outage = { isOn: false };
  const away = { type: 'answer', answer: status(503, 'ServiceUnavailable', 'away') } as const;
  const users = [{ name: 'admin', groups: [] }];
  const cluster = await kubernetesServer({ api, users, fault: () => (outage.isOn ? away : null) });
  onTestFinished(() => cluster[Symbol.asyncDispose]());
  const aws = await startAws();
  onTestFinished(() => aws.close());
  await emptyAccount(aws);
  aws.on('costExplorer.GetCostAndUsage', evenBill);
  const folder = tempFolder();
  mkdirSync(join(folder, '.aws'));
  const home = aHome({ ...awsEnv(aws.url, folder), KUBECONFIG: cluster.kubeconfig });
  copyFileSync(join(HERE, 'exposure.yaml'), join(home.folder, 'exposure.yaml'));
  const scan = async () => expect((await home.holdfast('run', 'exposure.yaml')).code).toBe(0);
  await scan();
  const beat = (words: readonly string[] = STDIO, env: Readonly<Record<string, string>> = {}): Promise<Beat> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [join(HERE, 'beat.mjs'), ...words],
        { env: { ...home.env, ...env }, cwd: home.folder },
        (error, said) => resolve({ code: error === null ? 0 : Number(error.code), ...readBeat(said) }),
      );
    });
  return { api, outage, home, scan, beat };
}

function evenBill({
  TimePeriod: { Start, End },
}: {
  readonly TimePeriod: { readonly Start: string; readonly End: string };
}) {
  const days: string[] = [];
  for (let day = Start; day < End; day = dayAfter(day, 1)) days.push(day);
  const Groups = [{ Keys: ['Amazon S3'], Metrics: { UnblendedCost: { Amount: '20', Unit: 'USD' } } }];
  return { ResultsByTime: days.map((day) => ({ TimePeriod: { Start: day, End: dayAfter(day, 1) }, Groups })) };
}

function readBeat(said: string): Omit<Beat, 'code'> {
  const lines = said.trim().split('\n');
  const verdicts = lines.slice(0, 3).map((line) => /^(\w+) +([^?]*\?)/.exec(line)?.slice(1).join(' '));
  return { verdicts: verdicts.join(', '), end: lines.slice(3), said };
}

it('asks what HEARTBEAT.md asks, and nothing else', async () => {
  const asked = [...readFileSync(join(HERE, 'HEARTBEAT.md'), 'utf8').matchAll(/^- (.*\?)$/gm)].map(([, text]) => text);
  expect(asked).toEqual([PODS, COST, ENDPOINTS]);
  const { code, verdicts, end } = await (await aWorld()).beat();
  expect({ code, verdicts, end }).toEqual({ code: 0, verdicts: FINE, end: ['HEARTBEAT_OK'] });
});

it('tells of a pod that began to fail between two beats, and of nothing else', async () => {
  const { api, beat } = await aWorld();
  expect((await beat()).end).toEqual(['HEARTBEAT_OK']);
  api.put(shop(waiting('CrashLoopBackOff', { restartCount: 9 })));
  const { code, verdicts, end } = await beat();
  expect({ code, verdicts }).toEqual({ code: 1, verdicts: FINE.replace(`ok ${PODS}`, `ALERT ${PODS}`) });
  expect(end).toEqual([expect.stringMatching(/^ALERT high: Pod production\/shop crash-loops: /)]);
  api.put(shop(running()));
  expect((await beat()).end).toEqual(['HEARTBEAT_OK']);
});

it('tells of an endpoint that became public between two beats, and of nothing else', async () => {
  const { api, beat, scan, home } = await aWorld();
  expect((await beat()).end).toEqual(['HEARTBEAT_OK']);
  api.put(door);
  await scan();
  const { code, verdicts, end } = await beat();
  expect({ code, verdicts }).toEqual({ code: 1, verdicts: FINE.replace(`ok ${ENDPOINTS}`, `ALERT ${ENDPOINTS}`) });
  expect(end).toEqual([
    expect.stringMatching(/^ALERT high: A Service that is reachable from outside was added: production\/door /),
  ]);
  expect((await home.holdfast('baseline', 'accept', 'exposure', '--reason', 'it is the shop')).code).toBe(0);
  await scan();
  expect((await beat()).end).toEqual(['HEARTBEAT_OK']);
});

it('never tells an outage as fine, neither by a look nor by a comparison', async () => {
  const { outage, beat, scan } = await aWorld();
  outage.isOn = true;
  const now = await beat();
  expect(now).toMatchObject({ code: 1, verdicts: FINE.replace(`ok ${PODS}`, `UNKNOWN ${PODS}`) });
  expect(now.end).toEqual([expect.stringMatching(/^UNKNOWN Not known: .* answered 503 /)]);
  await scan();
  const later = await beat();
  expect(later).toMatchObject({ code: 1, verdicts: `UNKNOWN ${PODS}, ok ${COST}, UNKNOWN ${ENDPOINTS}` });
  expect(later.said).not.toContain('HEARTBEAT_OK');
});

it('is nothing but unknown when Holdfast can not be asked', async () => {
  const { beat } = await aWorld();
  const { code, verdicts, said } = await beat(['--', process.execPath, '-e', 'process.exit(3)']);
  expect({ code, verdicts }).toEqual({ code: 1, verdicts: FINE.replaceAll(/\bok\b/g, 'UNKNOWN') });
  expect(said).not.toContain('HEARTBEAT_OK');
});

it('counts what is new by a cursor of its own', async () => {
  const { beat } = await aWorld();
  const FIRST = 'You ask this for the first time';
  expect((await beat()).said.split(FIRST)).toHaveLength(4);
  expect((await beat()).said.split('Since you asked last')).toHaveLength(4);
  expect((await beat(['--cursor', 'nightly', ...STDIO])).said.split(FIRST)).toHaveLength(4);
});

it('speaks HTTP with the token, and is unknown without', async () => {
  const { home, beat } = await aWorld();
  const server = home.start('mcp', '--transport', 'http', '--listen', '127.0.0.1:0');
  onTestFinished(() => void server.kill());
  const [line] = (await once(server.stderr ?? server, 'data')) as [Buffer];
  const url = /MCP at (\S+);/.exec(String(line))?.[1] ?? '';
  const token = (await home.holdfast('mcp', 'token')).stdout.trim();
  expect((await beat(['--url', url], { HOLDFAST_MCP_TOKEN: token })).end).toEqual(['HEARTBEAT_OK']);
  const { code, verdicts, said } = await beat(['--url', url]);
  expect({ code, verdicts }).toEqual({ code: 1, verdicts: FINE.replaceAll(/\bok\b/g, 'UNKNOWN') });
  expect(said).not.toContain('HEARTBEAT_OK');
});
