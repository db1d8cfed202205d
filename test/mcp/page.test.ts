import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { product } from '../support/mcp/product.ts';
import { tempFolder } from '../support/temp.ts';

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].find((name) => {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** What a hostile page tries; each try says how it ended. It even has the token, so that the Origin alone must hold it off. */
const tries = (url: string, token: string): string => `<!doctype html>
<iframe name="frame"></iframe>
<form id="form" method="post" enctype="text/plain" target="frame" action="${url}"><input name='{"jsonrpc":"2.0","id":1,"method":"ping","x":"' value='"}'></form>
<script>
const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'draft_plan', arguments: {} } });
const headers = { 'content-type': 'application/json', authorization: 'Bearer ${token}' };
const said = {};
const attempt = async (name, work) => { try { said[name] = await work(); } catch (error) { said[name] = 'failed: ' + error.name; } };
(async () => {
  await attempt('fetch', async () => (await fetch('${url}', { method: 'POST', headers, body })).status);
  await attempt('no-cors', async () => (await fetch('${url}', { method: 'POST', mode: 'no-cors', body })).type);
  await attempt('get', async () => (await fetch('${url}', { headers })).status);
  await attempt('image', () => new Promise((resolve) => { const image = new Image(); image.onload = () => resolve('loaded'); image.onerror = () => resolve('refused'); image.src = '${url}'; }));
  await attempt('script', () => new Promise((resolve) => { const tag = document.createElement('script'); tag.onload = () => resolve('loaded'); tag.onerror = () => resolve('refused'); tag.src = '${url}'; document.head.append(tag); }));
  await attempt('websocket', () => new Promise((resolve) => { const socket = new WebSocket('${url}'.replace('http', 'ws')); socket.onopen = () => resolve('opened'); socket.onerror = () => resolve('refused'); }));
  await attempt('beacon', async () => String(navigator.sendBeacon('${url}', new Blob([body], { type: 'text/plain' }))));
  await attempt('events', () => new Promise((resolve) => { const source = new EventSource('${url}'); source.onopen = () => resolve('opened'); source.onerror = () => { source.close(); resolve('refused'); }; }));
  document.getElementById('form').submit();
  await new Promise((resolve) => setTimeout(resolve, 500));
  await fetch('/said', { method: 'POST', body: JSON.stringify(said) });
})();
</script>`;

test.skipIf(CHROMIUM === undefined)(
  'a page on another origin gets nothing out of it and nothing into it, token or not (needs Chromium)',
  { timeout: 120_000 },
  async () => {
    const made = await product();
    const said = await visited(tries(made.url, made.token));
    expect(said).toEqual({
      fetch: 'failed: TypeError',
      'no-cors': 'opaque',
      get: 'failed: TypeError',
      image: 'refused',
      script: 'refused',
      websocket: 'refused',
      beacon: 'true',
      events: 'refused',
    });
    // It came through to the guard, and no further: each was refused, and no call is on record.
    expect(made.refused.length).toBeGreaterThanOrEqual(5);
    expect(new Set(made.refused.map(({ status }) => status))).toEqual(new Set([403]));
    expect(made.app.audit.list({ limit: 10, object: null, verb: 'mcp-called' })).toEqual([]);
    expect(made.troubles).toEqual([]);
  },
);

/** What the page says when it has tried everything, in a browser of its own that ends with the test. */
async function visited(html: string): Promise<unknown> {
  const said = Promise.withResolvers<unknown>();
  const page = createServer((request, response) => {
    if (request.method === 'POST') void json(request).then(said.resolve, said.reject);
    response.setHeader('content-type', 'text/html').end(html);
  });
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  const address = page.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const folder = `--user-data-dir=${tempFolder()}`;
  const args = ['--headless=new', '--no-sandbox', '--disable-gpu', folder, `http://localhost:${port}/`];
  const browser = spawn(CHROMIUM ?? '', args, { stdio: 'ignore', detached: true });
  const ended = new Promise<void>((resolve) => browser.once('exit', () => resolve()));
  browser.once('exit', (code) => said.reject(new Error(`Chromium ended with ${code}`)));
  onTestFinished(async () => {
    page.closeAllConnections();
    page.close();
    if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL');
    await ended;
  });
  return said.promise;
}
