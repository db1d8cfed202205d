// `node bench/kubernetes/server.ts <pods> <folder>`: serves the pages of a synthetic cluster over plain HTTP. They are
// made before the first line is printed, which is the port. GET /requests?keep answers with the requests so far and keeps
// these; GET /requests with what was kept.
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { clusterLists, KUBE_SYSTEM, type Item } from './cluster.ts';

const PAGE = 500;
const [pods = '1000', folder = '.'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const pages = new Map<string, readonly string[]>();
for (const [path, items] of clusterLists(Number(pods))) pages.set(path, written(path, items()));
const asked: string[] = [];
let kept: readonly string[] = [];

function written(path: string, items: Generator<Item>): readonly string[] {
  const files: string[] = [];
  let page: string[] = [];
  const keep = (): void => {
    const file = join(folder, `${path.replaceAll('/', '_')}-${files.length}.json`);
    writeFileSync(file, page.join(','));
    files.push(file);
    page = [];
  };
  for (const item of items) {
    page.push(JSON.stringify(item));
    if (page.length === PAGE) keep();
  }
  if (page.length > 0) keep();
  return files;
}

const server = http.createServer((request, response) => void respond(request.url ?? '/', response));

async function respond(asks: string, response: http.ServerResponse): Promise<void> {
  const url = new URL(asks, 'http://x');
  if (url.pathname === '/requests') {
    if (url.searchParams.has('keep')) kept = [...asked];
    response.end(JSON.stringify(kept));
    return;
  }
  asked.push(asks);
  const body = await answer(url);
  response.writeHead(body === null ? 404 : 200, { 'content-type': body === null ? 'text/plain' : 'application/json' });
  response.end(body ?? '404 page not found\n');
}

async function answer(url: URL): Promise<Buffer | string | null> {
  const { pathname, searchParams } = url;
  if (pathname === '/api/v1/namespaces/kube-system') return JSON.stringify(KUBE_SYSTEM);
  if (pathname === '/readyz') return 'ok';
  if (pathname === '/version') return JSON.stringify({ major: '1', minor: '36', gitVersion: 'v1.36.2' });
  if (/^\/apis\/(metrics\.k8s\.io|gateway\.|cert-manager|monitoring)/.test(pathname)) return null;
  const files = pages.get(pathname) ?? [];
  const all = searchParams.get('resourceVersion') === '0';
  const index = Number(searchParams.get('continue') ?? 0);
  const parts = await Promise.all((all ? files : files.slice(index, index + 1)).map((file) => readFile(file)));
  const token = all || index + 1 >= files.length ? '' : `,"continue":"${index + 1}"`;
  const head = Buffer.from(
    `{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"1048577"${token}},"items":[`,
  );
  return Buffer.concat([head, ...parts.flatMap((part, place) => (place === 0 ? [part] : [COMMA, part])), END]);
}

const COMMA = Buffer.from(',');
const END = Buffer.from(']}\n');
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) console.log(address.port);
});
