import type { ServiceName } from './services.ts';

/** One call that changes something. Only what is written down as one can be sent. */
export interface Write<Input extends object, Output extends object> {
  readonly service: ServiceName;
  /** As the API calls it: `RevokeSecurityGroupIngress`. */
  readonly operation: string;
  /** What IAM calls the right to it. */
  readonly permission: string;
  /** True where the API takes `DryRun` and then only says whether it would. */
  readonly dryRun: boolean;
  /** Never there: it carries the types. */
  readonly shape?: (input: Input) => Output;
}

/** What can be tried out, as the API itself then changes nothing. */
export interface TriableWrite<Input extends object, Output extends object> extends Write<Input, Output> {
  readonly dryRun: true;
}
