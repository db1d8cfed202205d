import * as z from 'zod';
import { contextOf } from '../app/plan-context.ts';
import type { StatefulApp } from '../app/app.ts';
import { planDocument } from '../documents/plan.ts';
import { planSchema } from '../documents/plan-schema.ts';
import type { Plan } from '../domain/plan.ts';

/**
 * A plan as a client sees it: without its digest, by which it is approved. The short code is enough to speak of it with
 * the operator, who approves the digest that they were shown on a surface of their own.
 */
export const planViewSchema = planSchema.omit({ digest: true });

export function planView(app: StatefulApp, plan: Plan): z.infer<typeof planViewSchema> {
  const { digest: _ofTheOperator, ...view } = planDocument(plan, contextOf(app, plan));
  return view;
}
