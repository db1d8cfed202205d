import type { Survey } from '../../providers/aws/surveys/survey.ts';
import type { Scene } from './scene.ts';

/** Hides what a survey could not read, each by its ARN. */
export function hideUnread(scene: Scene, { hidden }: Pick<Survey<unknown>, 'hidden'>): void {
  for (const { kind, name, arn, failure } of hidden)
    scene.hide(
      arn,
      `${name === null ? `every ${kind}` : `${kind} ${name}`} in ${scene.place.region}, account ${scene.account.id}`,
      failure,
    );
}
