const OUTSIDE =
  /\b(?:public(?:ly)?|expos\w+|internet(?:[- ]facing)?|open to the world|reachable from (?:the )?outside|endpoints?)\b/;
const NEWLY = /\b(?:new(?:ly)?|since|drift\w*|appear\w*|became|become|added|opened up|changed?|changes)\b/;
/** One thing, or one place, is looked at itself. */
const OF_ONE = /https?:\/\/|\bnamespace\b|\bns\/|\bin context\b/;

/** "any new public endpoints detected?": whether outsiders can reach something that they could not before. */
export function asksForNewExposure(question: string): boolean {
  const small = question.toLowerCase();
  return OUTSIDE.test(small) && NEWLY.test(small) && !OF_ONE.test(small);
}
