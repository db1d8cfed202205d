import { modelCallsTable, type ModelCallsTable } from '../store/model-calls.ts';
import type { StatefulApp } from './app.ts';

/** What was asked of models: a look at it, and no more. */
export function modelCalls(app: StatefulApp): Pick<ModelCallsTable, 'latest' | 'byId'> {
  const { latest, byId } = modelCallsTable(app.database);
  return { latest, byId };
}
