import type { Read } from './read.ts';

/** What the SDK made of an answer, which it parses by the service's own model: the type of a read is that of its operation. */
export function asAnswer<Input extends object, Output extends object>(
  _read: Read<Input, Output>,
  output: object,
): Output {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the SDK's model of the operation is what this type is
  return output as Output;
}

/** Answers by what was asked, each made once. A key stands for one question, so that what is kept under it is of its type. */
export class Answers {
  readonly #kept = new Map<string, Promise<unknown>>();

  once<Answer>(key: string, make: () => Promise<Answer>): Promise<Answer> {
    const known = this.#kept.get(key);
    if (isOf<Answer>(known)) return known;
    const made = make();
    this.#kept.set(key, made);
    return made;
  }
}

function isOf<Answer>(known: Promise<unknown> | undefined): known is Promise<Answer> {
  return known !== undefined;
}
