declare const redacted: unique symbol;

/**
 * Proof that a value went through the redactor. Only redactor.ts may make one: whoever wants to
 * store, print, write or send text must ask for this type, so that a way round does not compile.
 */
export type Redacted<T> = T & { readonly [redacted]: true };

export interface Redactor {
  /** `input` with every secret replaced by a stable placeholder, or withheld when that fails. */
  text(input: string): Redacted<string>;
  /**
   * A deep copy of plain JSON data with every string redacted; an object key that names a secret
   * (`password`) condemns its value. Numbers, booleans and null pass.
   * When that fails the whole is withheld: a string stands in its place, whatever `T` says.
   */
  data<T>(input: T): Redacted<T>;
  /**
   * A document as JSON text: its strings one by one, each without the context of its key, so that
   * ids and digests stay what they are. For documents whose words were redacted before.
   */
  json(document: object): Redacted<string>;
  /**
   * Teaches a value that must never be shown again, in any encoding. Call it on every credential
   * that is loaded. Fewer than 6 characters, and words such as `password`, are not taken: masked
   * wherever they stand they would shred every text (docs/redaction.md).
   */
  learn(secret: string): void;
}
