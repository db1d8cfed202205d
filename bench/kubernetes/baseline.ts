// `node bench/kubernetes/baseline.ts <url>`: what it costs at least to ask what Holdfast asked: each page fetched and
// parsed, one after another, and dropped.
const [base = ''] = process.argv.slice(2);
const paths: unknown = await (await fetch(`${base}/requests`)).json();
if (!Array.isArray(paths)) throw new Error('the server of the bench does not say what it was asked');
let objects = 0;
for (const path of paths) {
  const answer = await fetch(`${base}${path}`);
  const text = await answer.text();
  if (answer.status !== 200 || !text.startsWith('{')) continue;
  const page: unknown = JSON.parse(text);
  if (typeof page === 'object' && page !== null && 'items' in page && Array.isArray(page.items))
    objects += page.items.length;
}
console.log(`${paths.length} requests, ${objects} objects`);
