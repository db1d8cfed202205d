import type { App } from '../app/app.ts';
import { checkTexts } from '../app/check-texts.ts';
import type { Door } from './door.ts';
import type { Picture } from './views/picture.ts';
import { sarifLog } from './views/run-sarif.ts';

/** The SARIF form of pictures; the texts of the checks are loaded only when this form was asked for. */
export async function sarifForm(door: Door, app: App, pictures: readonly Picture[]): Promise<() => object> {
  const ids =
    door.options.output === 'sarif'
      ? pictures.flatMap(({ run, findings }) => [
          ...(run?.checks ?? []).map(({ id }) => id),
          ...findings.map(({ check }) => check),
        ])
      : [];
  const texts = await checkTexts(app, ids);
  return () => sarifLog(pictures, texts, door.surroundings.version);
}
