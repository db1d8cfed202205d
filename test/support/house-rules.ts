import { dirname, join } from 'node:path';

export interface SourceFile {
  /** From the project's root: `src/checks/host/disk.ts`. */
  readonly path: string;
  readonly text: string;
}

/**
 * Who may import whom inside src. In `may`, `$1` stands for what the first group of `from` matched,
 * an ending `/` for everything under a folder, and `*` for one file name.
 */
interface Rule {
  readonly from: RegExp;
  readonly may: readonly string[];
  readonly why: string;
}

/** The first rule that fits a file holds for it; its own folder is always allowed. */
export const RULES: readonly Rule[] = [
  { from: /^src\/domain\//, may: [], why: 'the nouns and rules stand on nothing, so that everyone can stand on them' },
  {
    from: /^src\/yaml\//,
    may: ['src/domain/'],
    why: 'YAML is read the same way for everyone, whatever the file is about: what differs is handed in',
  },
  {
    from: /^src\/(config|notify-config|gate-config|models-config|mcp-config)\.ts$/,
    may: ['src/domain/', 'src/yaml/', 'src/*-config.ts'],
    why: 'configuration is read before anybody is there; its parts for notifications, the gate, models and MCP have files of their own',
  },
  {
    from: /^src\/notify\//,
    may: ['src/domain/', 'src/notify/', 'src/notify-config.ts'],
    why: 'telling knows how it is set up, and nobody else: what it needs of the store, the queue and the schedule is handed in',
  },
  {
    from: /^src\/agents\//,
    may: ['src/domain/', 'src/agents/'],
    why: 'who speaks with models holds no reader, no writer and no store: tools, keys and memory are handed in',
  },
  {
    from: /^src\/checks\/catalog\.ts$/,
    may: ['src/domain/', 'src/checks/'],
    why: 'the catalogue introduces the checks',
  },
  { from: /^src\/checks\/[^/]+\.ts$/, may: ['src/domain/'], why: 'what all checks share knows none of them' },
  {
    from: /^src\/checks\/([^/]+)\//,
    may: [
      'src/domain/',
      'src/checks/$1/',
      'src/checks/*-param.ts',
      'src/checks/certificate-*.ts',
      'src/checks/evidence.ts',
      'src/checks/shell-quote.ts',
      'src/providers/$1/reader.ts',
      'src/providers/$1/reads/',
      'src/providers/$1/surveys/',
    ],
    why: "a check reads; it never holds a writer, nor another provider's reader",
  },
  {
    from: /^src\/inventory\/catalog\.ts$/,
    may: ['src/domain/', 'src/inventory/'],
    why: 'the catalogue introduces the sources of facts',
  },
  { from: /^src\/inventory\/[^/]+\.ts$/, may: ['src/domain/'], why: 'what all sources share knows none of them' },
  {
    from: /^src\/inventory\/([^/]+)\//,
    may: [
      'src/domain/',
      'src/inventory/$1/',
      'src/inventory/*.ts',
      'src/providers/$1/reader.ts',
      'src/providers/$1/reads/',
      'src/providers/$1/surveys/',
    ],
    why: "a source reads facts; it never holds a writer, nor another provider's reader",
  },
  {
    from: /^src\/providers\/catalog\.ts$/,
    may: ['src/domain/', 'src/providers/'],
    why: 'the catalogue introduces the providers',
  },
  {
    from: /^src\/providers\/([^/]+)\//,
    may: ['src/domain/', 'src/providers/$1/'],
    why: 'one outside system each',
  },
  {
    from: /^src\/maker\/actions\/catalog\.ts$/,
    may: ['src/domain/', 'src/maker/actions/'],
    why: 'the catalogue introduces the actions',
  },
  { from: /^src\/maker\/actions\/[^/]+\.ts$/, may: ['src/domain/'], why: 'what all actions share knows none of them' },
  {
    from: /^src\/maker\/actions\/([^/]+)\//,
    may: [
      'src/domain/',
      'src/maker/actions/$1/',
      'src/maker/actions/*.ts',
      'src/providers/$1/reader.ts',
      'src/providers/$1/reads/',
      'src/providers/$1/surveys/',
      'src/providers/$1/writer.ts',
    ],
    why: 'an action writes to its own provider and to no other; it is the only code in the house that writes to the outside',
  },
  {
    from: /^src\/maker\/policy\//,
    may: ['src/domain/', 'src/yaml/', 'src/maker/policy/'],
    why: 'a policy is judged without knowing who asks',
  },
  {
    from: /^src\/maker\/plan-file\.ts$/,
    may: ['src/domain/', 'src/yaml/', 'src/maker/*.ts'],
    why: 'of the gate, only a draft in a file is read from YAML',
  },
  {
    from: /^src\/maker\//,
    may: ['src/domain/', 'src/maker/*.ts', 'src/maker/policy/'],
    why: 'the gate knows actions by their shape alone: what it needs of the store, the providers and the catalogue is handed in',
  },
  {
    from: /^src\/runbooks\//,
    may: ['src/domain/', 'src/yaml/', 'src/scheduler/cron.ts', 'src/runbooks/'],
    why: 'a schedule is checked where it is written',
  },
  {
    from: /^src\/(scheduler|store|documents)\//,
    may: ['src/domain/', 'src/$1/'],
    why: 'neighbours meet in the app, not in each other',
  },
  { from: /^src\/app\//, may: ['src/'], why: 'someone has to introduce people, but for writers: see WRITERS' },
  {
    from: /^src\/cli\//,
    may: ['src/domain/', 'src/app/', 'src/documents/', 'src/cli/', 'src/mcp/'],
    why: 'three thin doors, one house; the command line opens the others',
  },
  {
    from: /^src\/(mcp|web)\//,
    may: ['src/domain/', 'src/app/', 'src/documents/', 'src/$1/'],
    why: 'three thin doors, one house',
  },
];

/** Only an action may hold a writer: reads are free, writes are held, as a fact about imports. */
const WRITERS = {
  target: /^src\/providers\/([^/]+)\/writer\.ts$/,
  mayImport: (provider: string) => new RegExp(`^src/maker/actions/${provider}/|^src/providers/${provider}/`),
  why: 'only an action of the same provider may hold a writer, and only its apply is called with leave',
};

/** Where a package, or a module of Node that reaches outside, may be imported. */
interface Home {
  readonly module: RegExp;
  readonly homes: readonly RegExp[];
  readonly why: string;
}

export const HOMES: readonly Home[] = [
  { module: /^node:sqlite$/, homes: [/^src\/store\//], why: 'one owner of the data on disk' },
  {
    module: /^node:child_process$/,
    homes: [/^src\/(providers|notify)\//],
    why: 'programs are started by who speaks to the outside',
  },
  {
    module: /^node:(net|tls|http|https|http2|dgram|dns)(\/.*)?$/,
    homes: [/^src\/providers\//, /^src\/mcp\/http\//],
    why: 'only providers speak to the outside; the MCP server listens, on this machine alone',
  },
  {
    module: /^@modelcontextprotocol\/(server|node)(\/.*)?$/,
    homes: [/^src\/mcp\//],
    why: 'one door for MCP clients',
  },
  {
    module: /^@modelcontextprotocol\/client(\/.*)?$/,
    homes: [/^src\/providers\/mcp\//],
    why: "other people's read tools are a provider",
  },
  {
    module: /^node:fs(\/.*)?$/,
    homes: [
      /^src\/(providers|store|runbooks|app)\//,
      /^src\/notify\/(file|dead-man|desktop-linux)\.ts$/,
      /^src\/config\.ts$/,
      /^src\/cli\/main\.ts$/,
    ],
    why: 'files are read at the edge; of the ways out, one writes a file, one touches one and one looks for a socket',
  },
  {
    module: /^node:(os|process)$/,
    homes: [/^src\/providers\//, /^src\/cli\/main\.ts$/],
    why: 'the machine is looked at by its provider, the process by its door',
  },
  { module: /^node:readline$/, homes: [/^src\/cli\/terminal\.ts$/], why: 'one place that speaks to the terminal' },
  {
    module: /^node:(v8|vm)$/,
    homes: [/^src\/cli\/release-memory\.ts$/, /^src\/providers\/(kubernetes|aws)\/open\.ts$/],
    why: 'the engine is set by the process, and by who parses hundreds of megabytes; no text is run as code',
  },
  {
    module:
      /^node:(crypto|path|util|module|url|string_decoder|events|timers\/promises|buffer|stream|stream\/promises|zlib)$/,
    homes: [/^src\//],
    why: 'pure, or harmless',
  },
  {
    module: /^commander$|^@clack\/prompts$|^@bomb\.sh\/tab/,
    homes: [/^src\/cli\//],
    why: 'the command line has one room',
  },
  { module: /^croner$/, homes: [/^src\/scheduler\/cron\.ts$/], why: 'one place that reads cron expressions' },
  {
    module: /^yaml$/,
    homes: [
      /^src\/yaml\//,
      /^src\/runbooks\/setting\.ts$/,
      /^src\/providers\/kubernetes\/(kubeconfig|manifest-file)\.ts$/,
    ],
    why: 'one reader of YAML in files; a setting of the command line is one value, and kubeconfigs and manifests are read as kubectl reads them',
  },
  {
    module: /^@kubernetes\/client-node(\/.*)?$/,
    homes: [/^src\/providers\/kubernetes\/access\.ts$/],
    why: 'it is large, and of all it does only what a kubeconfig means is wanted',
  },
  {
    module: /^@mastra\/core(\/.*)?$|^ai-sdk-ollama$/,
    homes: [/^src\/agents\/worker\//],
    why: 'large, and run in a thread of its own that has no network, no keys and no environment',
  },
  {
    module: /^@aws-sdk\/|^@smithy\//,
    homes: [/^src\/providers\/aws\//],
    why: 'large, and each of its clients is loaded only when its service is asked',
  },
  { module: /^csv-parse$/, homes: [/^src\/providers\/cost-file\//], why: 'one place that reads CSV' },
  { module: /^ollama$/, homes: [/^src\/agents\/models\//], why: 'one place that speaks with Ollama' },
  {
    module: /^node:worker_threads$/,
    homes: [/^src\/agents\/worker\//],
    why: 'a thread for what must be ended whatever it does',
  },
  { module: /^nodemailer$/, homes: [/^src\/notify\/email\.ts$/], why: 'one way out speaks SMTP' },
  {
    module: /^zod$/,
    homes: [
      /^src\/(agents|checks|runbooks|documents|maker|mcp)\//,
      /^src\/providers\/mcp\//,
      /^src\/(config|notify-config|gate-config|models-config|mcp-config)\.ts$/,
    ],
    why: 'schemas stand at the edges',
  },
];

/** What only a door may look up; inside it is handed in. */
const HANDED_IN: readonly { readonly what: RegExp; readonly allowed: RegExp; readonly why: string }[] = [
  {
    what: /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/,
    allowed: /^src\/cli\/main\.ts$/,
    why: 'time comes from a Clock',
  },
  {
    what: /\bprocess\.(env|argv|cwd|stdout|stderr|stdin|exit)\b/,
    allowed: /^src\/cli\/(main|terminal)\.ts$|^src\/providers\/host\/(space|open)\.ts$/,
    why: 'the environment is read by the door (space.ts starts a program of its own, open.ts says with which Node)',
  },
  {
    what: /\bconsole\.\w+\(/,
    allowed: /^src\/providers\/host\/space\.ts$/,
    why: 'nothing prints but the terminal of the door (space.ts holds the text of a program of its own)',
  },
  { what: /\bMath\.random\(/, allowed: /^$/, why: 'randomness is handed in, and comes from node:crypto' },
  {
    what: /\bfetch\(/,
    allowed: /^src\/notify\/|^src\/agents\/exchange\.ts$|^src\/providers\/mcp\/http\.ts$/,
    why: "only providers, the ways of notification and the models' door speak to the outside",
  },
  {
    what: /\.probe\(/,
    allowed: /^src\/maker\/actions\/host\//,
    why: 'a command that the operator declared to look is run for an action, and never for a check',
  },
];

/** One sentence for each import, or look at the world, that the rules forbid. */
export function checkImports(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => [
    ...importsOf(file.text).flatMap((specifier) => judgeImport(file.path, specifier)),
    ...HANDED_IN.filter(({ what, allowed }) => what.test(withoutComments(file.text)) && !allowed.test(file.path)).map(
      ({ what, why }) => `${file.path} uses ${what.source}: ${why}`,
    ),
  ]);
}

function importsOf(text: string): readonly string[] {
  const code = withoutComments(text);
  const patterns = [
    /(?:^|[\n;}])\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/g,
    /\bimport\s*\(\s*['"]([^'"]+)['"]/g,
    /(?:^|[\n;}])\s*import\s*['"]([^'"]+)['"]/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? ''));
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

function judgeImport(from: string, specifier: string): readonly string[] {
  return specifier.startsWith('.')
    ? judgeNeighbour(from, join(dirname(from), specifier))
    : judgeModule(from, specifier);
}

function judgeNeighbour(from: string, target: string): readonly string[] {
  const provider = WRITERS.target.exec(target)?.[1];
  if (provider !== undefined && !WRITERS.mayImport(provider).test(from))
    return [`${from} may not import ${target}: ${WRITERS.why}`];
  const rule = RULES.find((candidate) => candidate.from.test(from));
  if (rule === undefined) return [`${from} lives in no room of the house: see docs/house.md`];
  const group = rule.from.exec(from)?.[1] ?? '';
  if (rule.may.some((pattern) => fits(target, pattern.replace('$1', group))) || dirname(target) === dirname(from))
    return [];
  if (target.startsWith('src/domain/') && from.startsWith('src/domain/')) return [];
  return [`${from} may not import ${target}: ${rule.why}`];
}

function fits(target: string, pattern: string): boolean {
  if (pattern.endsWith('/')) return target.startsWith(pattern);
  const [before = '', after] = pattern.split('*');
  return after === undefined
    ? target === pattern
    : target.startsWith(before) && target.endsWith(after) && !target.slice(before.length).includes('/');
}

function judgeModule(from: string, specifier: string): readonly string[] {
  const home = HOMES.find(({ module }) => module.test(specifier));
  if (home === undefined)
    return [`${from} imports ${specifier}, which has no home yet: give it one in test/support/house-rules.ts`];
  const isPure = home.homes.some((place) => place.source === '^src\\/');
  if (from.startsWith('src/domain/') && !specifier.startsWith('node:'))
    return [`${from} may not import ${specifier}: the domain has no packages`];
  if (isPure || home.homes.some((place) => place.test(from))) return [];
  return [
    `${from} may not import ${specifier}: ${specifier} lives in ${home.homes.map((place) => place.source.replaceAll(/[\\^$]/g, '')).join(', ')}; ${home.why}`,
  ];
}
