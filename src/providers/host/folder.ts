import { constants } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';

/**
 * A folder that is held open, so that what is done in it is done in this very folder, whatever becomes of its
 * path meanwhile: Linux resolves `/proc/self/fd/<n>/<name>` from the open folder itself (proc_pid_fd(5)), which
 * is what openat(2) and its like do, and Node has no others. It is reached name by name from the root, and no
 * symbolic link is followed on the way: one gives ENOTDIR. Linux only.
 */
export class Folder {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async open(path: string): Promise<Folder> {
    const start = new Folder(await open('/', FLAGS));
    try {
      return await start.down(namesOf(path));
    } finally {
      await start.close();
    }
  }

  /** The path of an entry, to hand to a function of node:fs right away. Its last name is followed or not as that function does. */
  entry(name: string): string {
    return `${this.#at}/${checked(name)}`;
  }

  /** The folder as a path, for what works on a whole folder. */
  get itself(): string {
    return `${this.#at}/.`;
  }

  get #at(): string {
    return `/proc/self/fd/${this.#handle.fd}`;
  }

  /** Another one below it; with no names, this one once more. Where `make` is set, what is missing is made (0700). */
  async down(names: readonly string[], make = false): Promise<Folder> {
    let at = new Folder(await open(this.itself, FLAGS));
    for (const name of names) {
      const above = at;
      try {
        if (make) await makeFolder(above.entry(name));
        at = new Folder(await open(above.entry(name), FLAGS));
      } finally {
        await above.close();
      }
    }
    return at;
  }

  stat() {
    return this.#handle.stat({ bigint: true });
  }

  /** Puts its entries on the disk. */
  async sync(): Promise<void> {
    const handle = await open(this.itself, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** The names of a path, without empty ones. */
export function namesOf(path: string): readonly string[] {
  return path.split('/').filter((name) => name !== '');
}

/**
 * O_PATH, which Node does not name: the folder can be passed through without the right to list it (open(2)).
 * With O_DIRECTORY and O_NOFOLLOW a symbolic link is ENOTDIR.
 */
const FLAGS = 0o10_000_000 | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Names come from a folder or from a manifest on disk, which somebody may have written. */
function checked(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name))
    throw new Error(`${JSON.stringify(name)} is not the name of an entry`);
  return name;
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
