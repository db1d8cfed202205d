import type { JsonObject } from '../../domain/json.ts';
import type { FileLook } from '../../providers/host/reader.ts';

/**
 * What a file holds, as a part of a fact: its digest; or, when it is too large or not to be read by this user, size and
 * time of the last change, with the reason. Which of the two does not change by itself.
 */
export function contentOf({ digest, withoutDigest, sizeBytes, modifiedAt }: FileLook): JsonObject {
  if (digest !== null) return { content: digest };
  return {
    content: withoutDigest === 'TOO_LARGE' ? 'too large for a digest' : 'not to be read by this user',
    sizeBytes,
    modified: new Date(modifiedAt).toISOString(),
  };
}
