import { seen, type Looked } from '../../domain/failure.ts';
import type { HostReader } from '../../providers/host/reader.ts';

/** A first question to a path that may lie on a network mount, which can be given up: reading a file of a dead mount can not. */
export async function placeAnswers(reader: HostReader, path: string, signal: AbortSignal): Promise<Looked<null>> {
  const place = await reader.mountOf(path === '' ? '/' : path);
  // What is not there has nothing in it, which reading it will say.
  if (place.status === 'unknown' || !place.value.remote) return seen(null);
  const answer = await reader.space(place.value.mountPoint, true, REMOTE_ANSWERS_MS, signal);
  return answer.status === 'unknown' ? answer : seen(null);
}

const REMOTE_ANSWERS_MS = 5_000;
