/** Cases in which a check of ours says something else, on purpose, and why. */
export const DIFFERENCES: Readonly<Record<string, string>> = {};
