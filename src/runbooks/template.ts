/** A first runbook to change, with every line explained. `schema` is the path of the JSON Schema as seen from the file. */
export function runbookTemplate(name: string, form: 'markdown' | 'yaml', schema: string | null): string {
  const keys = [...(schema === null ? [] : [`# yaml-language-server: $schema=${schema}`]), ...templateKeys(name)];
  if (form === 'yaml')
    return [
      ...keys,
      '',
      '# Prose for the model: context when there is news, never a question.',
      'instructions: |',
      ...PROSE.map((line) => (line === '' ? '' : `  ${line}`)),
      '',
    ].join('\n');
  return ['---', ...keys, '---', `# ${name}`, '', ...PROSE, ''].join('\n');
}

function templateKeys(name: string): string[] {
  return [
    `name: ${JSON.stringify(name)}           # runs and findings are kept under this name`,
    '',
    '# When: every: 30m, or cron: "30 2 * * *" with timezone: Europe/Berlin, or neither to run it by hand.',
    '# every: 30m',
    '# activeHours: { from: "07:00", to: "23:00", days: [mon, tue, wed, thu, fri] }',
    '',
    '# What to look at. `holdfast checks list` shows all checks, `holdfast checks show <id>` their parameters.',
    'checks:',
    '  - host/*                  # every check of this machine that needs no parameters',
    '  # - net/http: { url: "https://your-service.internal/healthz" }',
    '  # - net/tls: { host: your-service.internal }',
    '',
    'timeout: 5m                 # a run that takes longer is ended, and what was not seen is unknown',
  ];
}

const PROSE: readonly string[] = [
  'What this is for, what matters here, what to look at first, what never to do.',
  'The checks above decide by themselves; this is for whoever reads their findings.',
];
