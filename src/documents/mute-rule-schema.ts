import * as z from 'zod';
import { MUTE_RULE_STATES } from '../domain/mute-rule.ts';
import { SEVERITIES } from '../domain/severity.ts';

const time = z.iso.datetime().describe('RFC 3339, UTC');
const pattern = z.string().nullable().describe('A pattern over the whole; null: any');

/** A mute rule as every door shows it: `holdfast/mute-rule/v1`. */
export const muteRuleSchema = z
  .strictObject({
    id: z.string().regex(/^m-[0-9A-HJKMNP-TV-Z]{12}$/),
    check: pattern,
    resource: pattern,
    runbook: pattern,
    environment: z.string().nullable().describe("A name of the configuration's environments; null: any, or none"),
    upTo: z.enum(SEVERITIES).describe('What is worse is told all the same'),
    reason: z.string(),
    at: time,
    until: time,
    matchedAt: time
      .nullable()
      .describe('When a run last saw an open finding that it matches, to the hour; null: never yet'),
    state: z
      .enum(MUTE_RULE_STATES)
      .describe(
        'unused: it matched nothing for 30 days; no-environment: the configuration no longer has its environment',
      ),
    matches: z.int().nonnegative().describe('How many findings that are open now it matches'),
    mutes: z.int().nonnegative().describe('How many of them it mutes: those up to its severity, until it ends'),
  })
  .describe("The operator's word that findings of a kind are not to be told, for a while");

export type MuteRuleDocument = z.infer<typeof muteRuleSchema>;
