import * as z from 'zod';
import type { Check, Failure, Hidden, Observation } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import { everyResource, resourceId } from '../../domain/resource-id.ts';
import type { CertificateFiles, HostReader } from '../../providers/host/reader.ts';
import { daysLeftParam } from '../days-left-param.ts';
import { certificateFilesFacts } from './certificate-files-facts.ts';
import { judgeFile, judgePattern } from './certificate-files-judgement.ts';
import { filePatternParam } from './file-pattern-param.ts';

const certificateFilesParams = z.strictObject({
  path: z
    .union([filePatternParam(), z.array(filePatternParam()).min(1)])
    .describe(
      'Where the certificates are: a path, or a pattern with `*`, `?`, `[…]` and `{…}` within a name and `**` for any depth. `~/` is the home folder.',
    ),
  days: daysLeftParam().describe(
    'With how many days left a certificate is reported as low, high and critical. Certificates of a few days (short-lived ones) need smaller numbers, such as [2, 1, 0.5].',
  ),
});

type CertificateFilesParams = z.output<typeof certificateFilesParams>;

export const check: Check<HostReader, CertificateFilesParams> = {
  id: 'host/certificate-files',
  title: 'Certificates in files',
  keywords: ['certificate', 'cert', 'pem', 'expire', 'expiry'],
  description: `Looks at when the certificates in files (PEM or DER) run out: those that no server shows, such as client certificates, and those that were renewed on the disk or not. All certificates of a chain are looked at.

Reports:
- **expiry** when the first certificate of a file to run out does so within \`days\` (low, high, critical), has expired or is not valid yet (both critical). A root that stands behind others is left out. Nobody verifies the chain here, so that an issuer that has expired counts even when clients would do without it.
- **none** (medium) when nothing fits, or no file that fits begins with a certificate.

Private keys are not looked at: reading a file ends at the first block that is no certificate, and what was read of it is wiped. Of files that a pattern finds, those that begin with something else than a certificate are passed over; one that is named by its whole path is unknown then, as is every file that may not be read, is cut off, or holds a certificate that is none. Of a file up to 1 MiB and 499 certificates are read, and up to a thousand files; more is unknown.

Tried against files made with openssl, as root and as another user.`,
  standalone: false,
  params: certificateFilesParams,
  timeoutMs: 60_000,

  async read(reader, params, { signal, clock }) {
    const patterns = typeof params.path === 'string' ? [params.path] : params.path;
    const observations: Observation[] = [];
    for (const pattern of patterns) {
      const looked = await reader.certificateFiles(pattern, clock.now(), signal);
      if (looked.status === 'unknown') observations.push(...hidePattern(reader, pattern, looked.failure));
      else observations.push(...observed(reader, pattern, looked.value));
    }
    return observations;
  },

  judge(seen, params, history) {
    const facts = certificateFilesFacts.parse(seen.facts);
    const draft = facts.about === 'pattern' ? judgePattern(facts) : judgeFile(facts, params.days, history.now);
    return draft === null ? [] : [draft];
  },
};

function observed(reader: HostReader, pattern: string, { files, found, cut }: CertificateFiles): Observation[] {
  const named = !/[*?[\]{}]/.test(pattern);
  const each = files.flatMap((file): Observation[] => {
    const identity = fileIdentity(reader, file.path);
    if (file.status === 'unknown') return [{ status: 'unknown', ...identity, failure: file.failure }];
    if (file.status === 'none')
      return named ? [{ status: 'unknown', ...identity, failure: noCertificate(file.path, file.holds) }] : [];
    const certificates = file.certificates.map((certificate) => ({ ...certificate, names: [...certificate.names] }));
    return [{ status: 'seen', ...identity, facts: { about: 'file', path: file.path, certificates } }];
  });
  const hidden = hiddenParts(reader, pattern, found.unreadable, cut);
  const isWhole = hidden.length === 0 && each.every(({ status }) => status === 'seen');
  const withCertificates = files.filter(({ status }) => status === 'read').length;
  // What could not be read may be what the pattern means.
  if (!isWhole && withCertificates === 0) return [...each, ...hidden];
  const facts = {
    about: 'pattern',
    pattern,
    matched: found.matched,
    withCertificates,
    missingFolder: found.missingFolder,
  };
  return [{ status: 'seen', ...patternIdentity(reader, pattern), facts }, ...each, ...hidden];
}

/** Folders that may not be read hide what is below them; of very many only the first few are known, and they hide everything. */
function hiddenParts(
  reader: HostReader,
  pattern: string,
  unreadable: CertificateFiles['found']['unreadable'],
  cut: boolean,
): Hidden[] {
  if (cut) {
    return hidePattern(reader, pattern, {
      code: 'TOO_MANY',
      message: `There are too many files under ${printable(pattern)} to look at all of them; write a narrower pattern.`,
    });
  }
  return unreadable.flatMap(({ path, code }, index): Hidden[] => {
    const failure = { code, message: `${printable(path)} may not be read, or did not answer (${code}).` };
    const { resource, name } = fileIdentity(reader, path);
    if (index === UNREADABLE_KNOWN - 1) return hidePattern(reader, pattern, failure);
    return [
      { status: 'unknown', resource, name, failure },
      { status: 'unknown', resource: `${resource}/*`, name: `everything under ${name}`, failure },
    ];
  });
}

/** As many as the reader keeps. */
const UNREADABLE_KNOWN = 5;

/** Which files a pattern means is known only by looking, so that all files count as hidden. */
function hidePattern(reader: HostReader, pattern: string, failure: Failure): Hidden[] {
  const all = everyResource('host', reader.machineId, 'certificate-file');
  return [
    { status: 'unknown', ...patternIdentity(reader, pattern), failure },
    { status: 'unknown', resource: all, name: 'all files of certificates', failure },
  ];
}

function noCertificate(path: string, holds: string | null): Failure {
  const name = printable(path);
  return holds === null
    ? { code: 'NO_CERTIFICATE', message: `${name} holds no certificate in PEM or DER form.` }
    : {
        code: 'NO_CERTIFICATE',
        message: `${name} begins with ${holds === '' ? 'something else' : `a block "${holds}"`}, so that nothing more of it was read; name a file that begins with its certificate.`,
      };
}

function fileIdentity(reader: HostReader, path: string): Pick<Observation, 'resource' | 'name'> {
  return { resource: resourceId('host', reader.machineId, 'certificate-file', path), name: printable(path) };
}

function patternIdentity(reader: HostReader, pattern: string): Pick<Observation, 'resource' | 'name'> {
  return { resource: resourceId('host', reader.machineId, 'certificate-files', pattern), name: printable(pattern) };
}
