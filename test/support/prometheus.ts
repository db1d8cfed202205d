export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Reads Prometheus' text format 0.0.4 as its documentation gives it, and throws at anything that is not so: HELP and
 * TYPE before the samples of a metric, its lines in one group, no series twice, labels escaped.
 */
export function readPrometheus(text: string): readonly Sample[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no end');
  const samples: Sample[] = [];
  const typed = new Map<string, string>();
  const series = new Set<string>();
  let metric = '';
  for (const line of text.split('\n').slice(0, -1)) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    if (comment !== null) {
      const [, kind, name = '', rest = ''] = comment;
      if (kind === 'HELP' && typed.has(name)) throw new Error(`${name} is told of twice`);
      if (kind === 'TYPE') typed.set(name, rest);
      metric = name;
      continue;
    }
    const sample = readSample(line);
    if (sample.name !== metric || typed.get(metric) !== 'gauge') throw new Error(`${line} is not in its group`);
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).toSorted()]);
    if (series.has(key)) throw new Error(`${line} stands twice`);
    series.add(key);
    samples.push(sample);
  }
  return samples;
}

function readSample(line: string): Sample {
  const [, name, inside, value] =
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*)\} (-?\d+(?:\.\d+)?)$/.exec(
      line,
    ) ?? [];
  if (name === undefined || inside === undefined) throw new Error(`not a sample: ${line}`);
  const labels = [...inside.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g)].map(
    ([, label = '', escaped = '']): [string, string] => [
      label,
      escaped.replaceAll(/\\(.)/g, (_, mark: string) => (mark === 'n' ? '\n' : mark)),
    ],
  );
  return { name, labels: Object.fromEntries(labels), value: Number(value) };
}
