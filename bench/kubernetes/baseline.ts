// `node bench/kubernetes/baseline.ts <url>`: what it costs at least to ask what Holdfast asked: each page fetched and
// parsed, one after another, and dropped.
const [base = ''] = process.argv.slice(2);
const paths = (await (await fetch(`${base}/requests`)).json()) as readonly string[];
let objects = 0;
for (const path of paths) {
  const answer = await fetch(`${base}${path}`);
  const text = await answer.text();
  if (answer.status !== 200 || !text.startsWith('{')) continue;
  const page = JSON.parse(text) as { items?: readonly unknown[] };
  objects += page.items?.length ?? 0;
}
console.log(`${paths.length} requests, ${objects} objects`);
