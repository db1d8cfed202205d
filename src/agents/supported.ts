/**
 * What can be checked of a model's sentence without understanding it: the names and the numbers in it must be in what it
 * rests on. Pure.
 */
export interface Basis {
  /** What was shown to the model. */
  readonly text: string;
  /** What the operator asked: its names may be used to say that there is nothing of them. */
  readonly question: string;
}

/** The first name or number of a sentence that its basis does not have; null when it has them all. */
export function unsupportedPart(sentence: string, basis: Basis): string | null {
  const shown = basis.text.toLowerCase();
  const asked = NEGATION.test(sentence) ? basis.question.toLowerCase() : '';
  const name = namesIn(sentence).find((one) => !holds(shown, one) && !holds(asked, one));
  if (name !== undefined) return name;
  const numbers = numbersIn(shown);
  return numbersOf(sentence).find((one) => !numbers.some((there) => isAbout(there, one)) && !holds(asked, one)) ?? null;
}

const NEGATION = /\b(?:no|not|none|nothing|never|unknown|cannot|can't|isn't|aren't|wasn't|weren't|without|neither)\b/i;

/** Names: what stands in backticks, and words with a dash, a slash, a dot or a digit inside. */
export function namesIn(sentence: string): readonly string[] {
  const quoted = [...sentence.matchAll(/`([^`]{1,300})`/g)].map((match) => match[1] ?? '');
  const bare = sentence
    .replaceAll(/`[^`]*`/g, ' ')
    .split(/[\s,;!?()[\]{}"'“”]+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}/]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter((word) => looksLikeName(word) && !isOrdinary(word));
  return [...new Set([...quoted, ...bare].map((name) => name.trim().toLowerCase()).filter((name) => name !== ''))];
}

/** A word with a dash, a slash, a dot, a colon or a digit inside; or an address. */
function looksLikeName(word: string): boolean {
  return (/\p{L}/u.test(word) && /[-/._:@\d]/.test(word)) || /^\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?$/.test(word);
}

/** Words of the language that only look like names. */
const ORDINARY = new Set(
  (
    'read-only out-of-memory high-severity low-severity medium-severity crash-looping non-zero long-running up-to-date one-off ' +
    'well-known end-to-end e.g i.e and/or on-call follow-up k8s ipv4 ipv6 http/2 cpu-bound memory-bound short-lived self-signed ' +
    'heartbeat_ok no_reply i/o n/a re-check re-run built-in cluster-wide node-level pod-level root-cause back-off in-use co-located'
  ).split(' '),
);

function isOrdinary(word: string): boolean {
  const small = word.toLowerCase();
  return (
    ORDINARY.has(small) ||
    /^e\d+$/.test(small) ||
    /^\d+(?:\.\d+)?(?:[a-z]{1,4}|%)?$/.test(small) ||
    /^\d+[-–]\d+$/.test(small)
  );
}

/** Whole, not as a part of a longer name: `web` is not in `web-api`. */
function holds(text: string, name: string): boolean {
  for (let from = text.indexOf(name); from >= 0; from = text.indexOf(name, from + 1)) {
    const before = text[from - 1] ?? ' ';
    const after = text[from + name.length] ?? ' ';
    const next = text[from + name.length + 1] ?? ' ';
    const isEnd = !/[\p{L}\p{N}_-]/u.test(after) && !(after === '.' && /[\p{L}\p{N}]/u.test(next));
    if (!/[\p{L}\p{N}_.-]/u.test(before) && isEnd) return true;
  }
  return false;
}

function numbersOf(sentence: string): readonly string[] {
  return [...sentence.matchAll(/(?<![\p{L}\p{N}_.:/-])\d+(?:[.,]\d+)?(?![\p{N}_:/]|[-.]\p{L})/gu)].map((match) =>
    match[0].replace(',', '.'),
  );
}

function numbersIn(text: string): readonly number[] {
  return [...text.matchAll(/\d+(?:\.\d+)?/g)].map((match) => Number(match[0]));
}

/** The same, or the same when rounded as the sentence rounds it. */
function isAbout(there: number, said: string): boolean {
  const decimals = said.split('.')[1]?.length ?? 0;
  return Number(there.toFixed(decimals)) === Number(said);
}

/** No link of a model's making is shown to anybody. */
export function withoutLinks(text: string): string {
  return text
    .replaceAll(/!?\[([^\]]{0,300})\]\([^)]{0,2000}\)/g, '$1')
    .replaceAll(
      /\b(?:[a-z][a-z0-9+.-]*:\/\/|(?:javascript|data|file|mailto|vscode|tel):)\S+|(?<![\w:])\/\/[\w-]+\.\S+|\bwww\.\S+/gi,
      '[link left out]',
    );
}
