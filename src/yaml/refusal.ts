/** It is not YAML (or no map), it is more than plain data, or a key is written twice. */
export type RefusalKind = 'invalid' | 'refused' | 'duplicate';

/** One thing because of which a text is not taken. `offset` counts UTF-16 code units from its beginning. */
export interface Refusal {
  readonly kind: RefusalKind;
  readonly offset: number;
  readonly message: string;
}

/** Leaves a walk through a text from any depth. It never leaves this room: `readYaml` makes a mistake of it. */
export class Refused extends Error implements Refusal {
  readonly kind: RefusalKind;
  readonly offset: number;

  constructor(offset: number, message: string, kind: RefusalKind = 'refused') {
    super(message);
    this.offset = offset;
    this.kind = kind;
  }
}
