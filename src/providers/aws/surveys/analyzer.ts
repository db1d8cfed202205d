import type { Account, Place } from '../reader.ts';
import { listAnalyzerFindings, listAnalyzers } from '../reads/identity.ts';
import { surveyor, type Survey } from './survey.ts';

/** What Access Analyzer says is shared with somebody outside. */
export interface ExternalAccess {
  readonly id: string;
  /** The ARN of the resource. */
  readonly resource: string;
  readonly type: string;
  readonly account: string;
}

export interface AnalyzerSurvey extends Survey<ExternalAccess> {
  /** Whether an analyzer for external access is on; null: that could not be read. */
  readonly on: boolean | null;
}

/** The active findings of external access in a region, where an analyzer of the account or its organisation is on. */
export async function surveyAnalyzer(account: Account, place: Place, signal: AbortSignal): Promise<AnalyzerSurvey> {
  const look = surveyor(account, place, signal);
  const of = { kind: 'external-access', all: look.arn('access-analyzer', '*') };
  const listed = await place.list(listAnalyzers, {}, signal);
  if (listed.failure !== null) {
    look.hide(of, listed.failure);
    return { seen: [], hidden: look.hidden(), on: null };
  }
  const on = listed.items.filter(
    ({ type, status }) => status === 'ACTIVE' && (type === 'ACCOUNT' || type === 'ORGANIZATION'),
  );
  const findings = await Promise.all(
    on.map(({ arn }) =>
      look.list(listAnalyzerFindings, { analyzerArn: arn, filter: { status: { eq: ['ACTIVE'] } } }, of),
    ),
  );
  const seen = findings.flat().map(({ id = '', resource = '', resourceType, resourceOwnerAccount }) => ({
    id,
    resource,
    type: resourceType ?? 'unknown',
    account: resourceOwnerAccount ?? account.id,
  }));
  return { seen, hidden: look.hidden(), on: on.length > 0 };
}
