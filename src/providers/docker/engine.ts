import { fieldsOf, textIn } from './fields.ts';

export interface Engine {
  readonly socket: string;
  /** The command that speaks to it. */
  readonly command: 'docker' | 'podman';
  /** `Docker 28.2.2`, for people. */
  readonly name: string;
  /** The version of the interface that we speak with it: `1.47`. */
  readonly api: string;
}

/** Of the answer to GET /version, which is asked without a version; null when it is none, or none that we can speak with. */
export function parseEngine(body: unknown, socket: string): Engine | null {
  const fields = fieldsOf(body);
  const version = textIn(fields, 'Version');
  const api = commonVersion(textIn(fields, 'ApiVersion'), textIn(fields, 'MinAPIVersion'));
  if (version === null || api === null) return null;
  const components = fields?.get('Components');
  const isPodman =
    Array.isArray(components) &&
    components.some((component) => /podman/i.test(textIn(fieldsOf(component), 'Name') ?? ''));
  return {
    socket,
    command: isPodman ? 'podman' : 'docker',
    name: `${isPodman ? 'Podman' : 'Docker'} ${version.slice(0, 40)}`,
    api,
  };
}

/** The newest version that was read about when this was written; what we use of it has been the same since 1.24. */
const OURS = 1_050;
const OLDEST = 1_024;

/** The newest that both know; one that the engine no longer speaks is not asked for, so that its least is taken then. */
function commonVersion(newest: string | null, least: string | null): string | null {
  const [most, min] = [numberOf(newest), numberOf(least) ?? OLDEST];
  if (most === null || most < OLDEST || min > most) return null;
  const chosen = Math.max(min, Math.min(most, OURS));
  return `${Math.floor(chosen / 1_000)}.${chosen % 1_000}`;
}

/** `1.47` -> 1047, to be compared. */
function numberOf(version: string | null): number | null {
  const match = /^(\d{1,3})\.(\d{1,3})$/.exec(version ?? '');
  return match === null ? null : Number(match[1]) * 1_000 + Number(match[2]);
}
