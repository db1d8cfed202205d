import { identitiesOf, powersIn, type Identity, type Identities, type Powers } from '../../providers/aws/reader.ts';
import type { Looked } from '../../domain/failure.ts';
import { getAccountAuthorizationDetails } from '../../providers/aws/reads/identity.ts';
import type { Scene } from './scene.ts';

export interface SeenIdentities extends Identities {
  powers(identity: Identity): Looked<Powers> | undefined;
}

/** Who there is in the account and what they could do; pages that could not be read are hidden. */
export async function seeIdentities(scene: Scene): Promise<SeenIdentities> {
  const pages = await scene.list(getAccountAuthorizationDetails, {});
  const identities = identitiesOf(pages);
  const powers = powersIn(identities, scene.account);
  return { ...identities, powers: ({ arn }) => powers.get(arn) };
}
