import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Notifier } from '../../src/domain/notification.ts';
import { ntfyNotifier } from '../../src/notify/ntfy.ts';
import { webhookNotifier } from '../../src/notify/webhook.ts';
import { closedPort, httpServer } from '../support/http/servers.ts';
import { aWorld, HOSTILE, never } from '../support/notify/deps.ts';
import { aNotification } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';

interface Heard {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that writes down what it is asked, and answers as a test wants. */
async function listener(answer: (response: ServerResponse) => void = (response) => response.end('ok')) {
  const heard: Heard[] = [];
  const server = await httpServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      heard.push({ method: request.method, url: request.url, headers: request.headers, body });
      answer(response);
    });
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { heard, port: server.port, url: `http://127.0.0.1:${server.port}/hook` };
}

const SECRET = 'T00000000/B00000000/Zx8vQ2mNpL4kR7wY1cDe';

describe.each<[name: string, make: (port: number) => Notifier]>([
  ['a webhook', (port) => webhookNotifier(aWorld(), { url: `http://127.0.0.1:${port}/hook` })],
  ['ntfy', (port) => ntfyNotifier(aWorld(), { server: `http://127.0.0.1:${port}`, topic: 'alerts' })],
])('%s', (_name, make) => {
  it('is delivered when the answer is 2xx', async () => {
    const { heard, port } = await listener();
    await make(port).send(aNotification(), never);
    expect(heard).toHaveLength(1);
  });

  it('is not delivered when the answer is an error', async () => {
    const { port } = await listener((response) => response.writeHead(500).end('secret details'));
    await expect(make(port).send(aNotification(), never)).rejects.toThrow(/^127\.0\.0\.1:\d+ answered 500$/);
  });

  it('follows no redirect', async () => {
    const other = await listener();
    const { port } = await listener((response) => response.writeHead(307, { location: other.url }).end());
    await expect(make(port).send(aNotification(), never)).rejects.toThrow('a redirect, which is not followed');
    expect(other.heard).toEqual([]);
  });

  it('is stopped when nothing is answered', async () => {
    const stop = new AbortController();
    const { port } = await listener(() => stop.abort());
    await expect(make(port).send(aNotification(), stop.signal)).rejects.toThrow('was stopped');
  });

  it('says that nobody listens', async () => {
    await expect(make(await closedPort()).send(aNotification(), never)).rejects.toThrow(
      /could not be reached: ECONNREFUSED$/,
    );
  });

  it('sends hostile words as words', async () => {
    const { heard, port } = await listener();
    const notifier = make(port);
    for (const text of HOSTILE) {
      const words = redactor.text(text);
      await notifier.send(
        aNotification({ title: words, lines: [{ finding: null, severity: 'low', news: 'new', text: words }] }),
        never,
      );
    }
    expect(heard).toHaveLength(HOSTILE.length);
    for (const { headers, body } of heard) {
      expect(headers).not.toHaveProperty('x-injected');
      expect(body).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u{202e}]/u);
    }
  });

  it('sends little of a notification that is huge', async () => {
    const { heard, port } = await listener();
    const words = redactor.text('wörd '.repeat(200_000));
    const line = { finding: null, severity: 'high', news: 'new', text: words } as const;
    await make(port).send(aNotification({ title: words, lines: Array.from({ length: 10 }, () => line) }), never);
    expect(Buffer.byteLength(heard[0]?.body ?? '')).toBeLessThan(16_000);
  });
});

describe('a webhook', () => {
  it('POSTs the documented JSON, with a header whose value is in the environment', async () => {
    const { heard, url } = await listener();
    const world = aWorld({ env: { HOOK_AUTH: 'Bearer s3cret-value' } });
    await webhookNotifier(world, { url, header: 'Authorization', headerEnv: 'HOOK_AUTH' }).send(aNotification(), never);
    expect(heard).toMatchObject([
      {
        method: 'POST',
        url: '/hook',
        headers: { 'content-type': 'application/json', authorization: 'Bearer s3cret-value' },
      },
    ]);
    expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({
      schema: 'holdfast/notification/v1',
      title: 'heartbeat: 1 new',
    });
  });

  it('takes its URL from the environment, and shows no more of it than the host', async () => {
    const { port } = await listener((response) => response.writeHead(403).end());
    const world = aWorld({ env: { HOOK_URL: `http://127.0.0.1:${port}/services/${SECRET}?key=q1w2e3r4t5` } });
    const notifier = webhookNotifier(world, { urlEnv: 'HOOK_URL' });
    expect(notifier.name).toBe(`webhook 127.0.0.1:${port}`);
    const error = await notifier.send(aNotification(), never).catch((reason: unknown) => reason);
    for (const shown of [String(error), JSON.stringify(error), String(error instanceof Error ? error.stack : '')]) {
      expect(shown).not.toContain(SECRET);
      expect(shown).not.toContain('q1w2e3r4t5');
    }
    expect(world.redactor.text(`GET /services/${SECRET}?key=q1w2e3r4t5`)).not.toContain(SECRET);
  });

  it('is unusable while a variable is missing, holds no URL, or no value for a header', () => {
    const make = (env: Record<string, string>, config: Parameters<typeof webhookNotifier>[1]) => () =>
      webhookNotifier(aWorld({ env }), config);
    expect(make({}, { urlEnv: 'HOOK_URL' })).toThrow('the environment variable HOOK_URL is not set');
    expect(make({ HOOK_URL: SECRET }, { urlEnv: 'HOOK_URL' })).toThrow(/^HOOK_URL holds no http or https URL$/);
    expect(make({ H: 'a\r\nx-injected: b' }, { url: 'http://localhost/', header: 'x-key', headerEnv: 'H' })).toThrow(
      'H holds no value for a header',
    );
  });
});

describe('ntfy', () => {
  it('gets title, priority and tags as headers and the lines as the message', async () => {
    const { heard, port } = await listener();
    const world = aWorld({ env: { NTFY_TOKEN: 'tk_abcdefghijk' } });
    await ntfyNotifier(world, {
      server: `http://127.0.0.1:${port}/base/`,
      topic: 'alerts',
      tokenEnv: 'NTFY_TOKEN',
    }).send(aNotification({ severity: 'critical' }), never);
    expect(heard).toMatchObject([
      {
        method: 'POST',
        url: '/base/alerts',
        headers: { title: 'heartbeat: 1 new', priority: '5', tags: 'warning', authorization: 'Bearer tk_abcdefghijk' },
        body: 'HIGH: /data is 91 % full',
      },
    ]);
  });

  it('writes a title that is not plain ASCII as an encoded word', async () => {
    const { heard, port } = await listener();
    await ntfyNotifier(aWorld(), { server: `http://127.0.0.1:${port}`, topic: 'alerts' }).send(
      aNotification({ title: redactor.text('日本語 🔥'), severity: null }),
      never,
    );
    const encoded = /^=\?UTF-8\?B\?(.+)\?=$/.exec(String(heard[0]?.headers['title']))?.[1] ?? '';
    expect(Buffer.from(encoded, 'base64').toString()).toBe('日本語 🔥');
    expect(heard[0]?.headers).toMatchObject({ priority: '2', tags: 'white_check_mark' });
  });
});
