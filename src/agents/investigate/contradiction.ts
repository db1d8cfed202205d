/** Whether a text says that all is well: of one that is shown over findings the reader would be misled. */
export function saysAllIsWell(text: string): boolean {
  return WELL.test(text) && !/\b(?:except|but|however|although|apart from|not all|unless)\b/i.test(text);
}

const WELL =
  /\b(?:all|everything|every (?:pod|node|service|check))\b[^.]{0,60}\b(?:well|healthy|ok|okay|fine|normal|good|running|operational|in order)\b|\bno (?:problems?|issues?|findings?|errors?|concerns?|anomal\w+)\b|\bnothing (?:is )?(?:wrong|to (?:do|report|worry))\b|\b(?:is|are) (?:fully )?(?:healthy|fine|operational)\b/i;
