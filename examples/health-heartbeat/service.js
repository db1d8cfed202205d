// The shop of this story: answers /healthz with what the file `status` beside its backups says.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const folder = process.argv[2] ?? '/tmp/holdfast-example';
const port = Number(process.argv[3] ?? 8347);
const server = createServer((_request, response) => {
  const status = readFileSync(`${folder}/status`, 'utf8').trim();
  response.writeHead(status === 'ok' ? 200 : 503, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ status }));
});
server.listen(port, '127.0.0.1', () => process.stdout.write(`listening on ${server.address().port}\n`));
