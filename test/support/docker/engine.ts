import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net, { type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { tempFolder } from '../temp.ts';

/** A container as a test describes it; the rest is what a healthy one has. */
export interface StandInContainer {
  readonly name: string;
  readonly id?: string;
  readonly state?: string;
  readonly status?: string;
  readonly exitCode?: number;
  readonly error?: string;
  readonly oomKilled?: boolean;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly restartCount?: number;
  readonly policy?: string;
  readonly health?: string;
}

export interface StandInEngine extends AsyncDisposable {
  readonly socket: string;
  /** What was asked for so far: `GET /version`. */
  readonly asked: readonly string[];
}

type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * A container engine by its documented interface (Docker Engine API): GET /version, and under /v<n> the list and the
 * details of containers, with the fields that hold what must not be kept. `instead` answers itself where it returns true.
 */
export function engine(
  containers: readonly StandInContainer[],
  options: {
    readonly version?: object;
    readonly instead?: Misbehaviour;
    /** Where to listen; else in a folder of its own. */
    readonly socket?: string;
  } = {},
): Promise<StandInEngine> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (options.instead?.(request, response) === true) return;
    answer(request.url ?? '', containers, { ...DOCKER, ...options.version }, response);
  });
  return listening(server, asked, options.socket);
}

/** Something that listens at a socket and does with a connection whatever a test wants of it. */
export function rawEngine(onConnection: (socket: Socket) => void): Promise<StandInEngine> {
  return listening(net.createServer(onConnection), []);
}

export const SECRET = 'hunter2-in-the-environment';

const DOCKER = {
  Platform: { Name: 'Docker Engine - Community' },
  Components: [{ Name: 'Engine', Version: '28.2.2', Details: { ApiVersion: '1.50', MinAPIVersion: '1.24' } }],
  Version: '28.2.2',
  ApiVersion: '1.50',
  MinAPIVersion: '1.24',
  GitCommit: '45873be',
  GoVersion: 'go1.24.3',
  Os: 'linux',
  Arch: 'amd64',
};

function answer(url: string, containers: readonly StandInContainer[], version: object, response: ServerResponse): void {
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json', server: 'Docker/28.2.2 (linux)' });
    response.end(`${JSON.stringify(body)}\n`);
  };
  const path = url.replace(/^\/v\d+\.\d+/, '');
  if (path === '/version') return send(200, version);
  if (path === '/_ping') return send(200, 'OK');
  if (path.startsWith('/containers/json?all=1')) return send(200, containers.map(listed));
  const id = /^\/containers\/([0-9a-f]{64})\/json$/.exec(path)?.[1];
  const container = containers.find((one) => idOf(one) === id);
  if (container === undefined) return send(404, { message: `No such container: ${id}` });
  send(200, details(container));
}

export function idOf({ name, id }: StandInContainer): string {
  return id ?? Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64);
}

function listed(container: StandInContainer): object {
  return {
    Id: idOf(container),
    Names: [`/other/${container.name}`, `/${container.name}`],
    Image: 'registry.example/app:1',
    ImageID: `sha256:${'a'.repeat(64)}`,
    Command: 'app --serve',
    Created: 1_763_600_000,
    Ports: [],
    Labels: { 'com.example.token': SECRET },
    State: container.state ?? 'running',
    Status: container.status ?? 'Up 2 hours',
    HostConfig: { NetworkMode: 'bridge' },
    NetworkSettings: { Networks: {} },
    Mounts: [],
  };
}

function details(container: StandInContainer): object {
  const state = container.state ?? 'running';
  return {
    Id: idOf(container),
    Created: '2026-11-20T08:00:00.123456789Z',
    Path: 'app',
    Args: ['--password', SECRET],
    State: {
      Status: state,
      Running: state === 'running',
      Paused: state === 'paused',
      Restarting: state === 'restarting',
      OOMKilled: container.oomKilled ?? false,
      Dead: state === 'dead',
      Pid: 0,
      ExitCode: container.exitCode ?? 0,
      Error: container.error ?? '',
      StartedAt: container.startedAt ?? '2026-11-20T10:00:00.123456789Z',
      FinishedAt: container.finishedAt ?? '0001-01-01T00:00:00Z',
      ...(container.health === undefined
        ? {}
        : {
            Health: {
              Status: container.health,
              FailingStreak: 4,
              Log: [{ Start: '2026-11-20T10:00:00Z', End: '2026-11-20T10:00:01Z', ExitCode: 1, Output: SECRET }],
            },
          }),
    },
    Image: `sha256:${'a'.repeat(64)}`,
    Name: `/${container.name}`,
    RestartCount: container.restartCount ?? 0,
    HostConfig: { RestartPolicy: { Name: container.policy ?? 'no', MaximumRetryCount: 0 }, Memory: 0 },
    Config: { Image: 'registry.example/app:1', Env: [`PASSWORD=${SECRET}`], Labels: { 'com.example.token': SECRET } },
  };
}

async function listening(
  server: Server,
  asked: readonly string[],
  socket = join(tempFolder(), 'engine.sock'),
): Promise<StandInEngine> {
  const sockets = new Set<Socket>();
  server.on('connection', (connection: Socket) => {
    sockets.add(connection);
    connection.on('error', () => undefined).on('close', () => sockets.delete(connection));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
  return {
    socket,
    asked,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const connection of sockets) connection.destroy();
      await closed;
    },
  };
}
