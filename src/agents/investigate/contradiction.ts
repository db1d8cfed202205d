/** Whether a text says that all is well: of one that is shown where that is not known, the reader would be misled. */
export function saysAllIsWell(text: string): boolean {
  return WELL.some((pattern) => pattern.test(text)) && !EXCEPT.test(text);
}

const WELL: readonly RegExp[] = [
  /^\s*yes\b/i,
  /\b(?:all|everything|every (?:pod|node|service|check))\b[^.]{0,60}\b(?:well|healthy|ok|okay|fine|normal|good|running|ready|passed|clear|operational|in order)\b/i,
  /\ball (?:is |are )?(?:clear|good|well|green)\b/i,
  /\bno (?:problems?|issues?|findings?|errors?|concerns?|alerts?|action|anomal\w+)\b/i,
  /\bnothing (?:is )?(?:wrong|to (?:do|report|worry))\b/i,
  /\b(?:is|are|looks?|seems?|appears?) (?:to be )?(?:fully |all |quite |very )?(?:healthy|fine|good|ok|okay|well|stable|operational)\b/i,
];

/** What takes it back: something is named that is not well. */
const EXCEPT =
  /\b(?:except|apart from|not all|unless)\b|\b(?:but|however|although)\b[^.]*\b(?:not|down|fail\w*|crash\w*|full|wrong|critical|unready|pending|errors?|away)\b|\b(?:is|are) not\b/i;
