import type { App } from './app.ts';

/** Title and description of those checks that the catalogue has, by id: earlier ids among them. */
export async function checkTexts(
  { catalog }: Pick<App, 'catalog'>,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, { readonly title: string; readonly description: string }>> {
  const texts = new Map<string, { readonly title: string; readonly description: string }>();
  const current = new Map<string, string>(Object.entries(catalog.aliases));
  for (const id of new Set(ids)) {
    const known = catalog.ids.find((one) => one === (current.get(id) ?? id));
    if (known === undefined) continue;
    const { title, description } = await catalog.load(known);
    texts.set(id, { title, description });
  }
  return texts;
}
