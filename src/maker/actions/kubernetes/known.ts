/** What could not be read, which is not the same as none. */
export const NOT_KNOWN = 'not known';
export type Known<Value> = Value | typeof NOT_KNOWN;
