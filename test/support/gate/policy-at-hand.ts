import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPolicy, soundPolicy } from '../../../src/app/policies.ts';
import type { TrustedPolicy } from '../../../src/maker/propose.ts';
import { tempFolder } from '../temp.ts';
import type { GateAtHand } from './deps.ts';
import { TUESDAY } from './deps.ts';

export const SCALES = `policy: ci
owner: ana@example.com
expires: 2027-02-01
rules:
  - id: scale
    effect: allow
    match: { actor: { kind: operator }, action: fake/scale-deployment }
    bounds: { after.replicas: { min: 2, max: 10 } }
    window: { days: [tue], from: "09:00", to: "17:00", timezone: UTC }
    limits: [{ of: applies, max: 3, per: day }]
`;

/** A policy in a file of its own, pinned, as `holdfast policy trust` pins one. */
export interface PolicyAtHand {
  readonly path: string;
  readonly trusted: TrustedPolicy;
  /** Writes the file anew. */
  edit(text: string): void;
}

export function policyAtHand(
  { store, redactor }: GateAtHand,
  text: string = SCALES,
  folder = tempFolder(),
): PolicyAtHand {
  const path = join(folder, 'policy.yaml');
  writeFileSync(path, text);
  const file = readPolicy(path);
  const policy = soundPolicy(file);
  store.trust({ digest: file.digest, policy: policy.name, path: redactor.text(path), at: TUESDAY });
  return {
    path,
    trusted: { policy, path, trust: 'pin' },
    edit: (changed) => writeFileSync(path, changed),
  };
}
