import type { Component } from './component-flags.ts';
import type { Condition } from './flag-conditions.ts';
import type { ChoosableRule } from './rule-choice.ts';

/** A setting of a component that should be another. */
export interface FlagRule extends Omit<ChoosableRule, 'next'> {
  readonly component: Component;
  readonly holds: Condition;
}
