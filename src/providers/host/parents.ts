import { Folder, namesOf } from './folder.ts';

/**
 * The folders that files of a set lie in, below one that is held open. The last one stays open, as the next file
 * mostly lies beside the one before.
 */
export class Parents {
  readonly #base: Folder;
  readonly #make: boolean;
  #last: { readonly path: string; readonly folder: Folder } | null = null;

  /** @param make whether a folder that is missing is made. */
  constructor(base: Folder, make: boolean) {
    this.#base = base;
    this.#make = make;
  }

  /** The folder of a file, and the file's name in it. The folder is open until the next call. */
  async of(path: string): Promise<{ readonly folder: Folder; readonly name: string }> {
    const names = namesOf(path);
    const parent = names.slice(0, -1).join('/');
    if (this.#last?.path !== parent) {
      await this.close();
      this.#last = { path: parent, folder: await this.#base.down(names.slice(0, -1), this.#make) };
    }
    return { folder: this.#last.folder, name: names.at(-1) ?? '' };
  }

  async close(): Promise<void> {
    const last = this.#last;
    this.#last = null;
    await last?.folder.close();
  }
}
