import { readFile } from 'node:fs/promises';
import type { OutgoingHttpHeaders } from 'node:http';
import { printable } from '../../domain/printable.ts';
import type { ProviderDeps } from '../../domain/provider-deps.ts';
import { isRecord } from './call.ts';
import { ClusterAway } from './cluster-away.ts';
import type { ExecCredential } from './exec-plugin.ts';
import type { Entry } from './kubeconfig.ts';

/** In the words that client-node reads. */
export async function userFields(
  user: Entry | null,
  credential: ExecCredential | null,
): Promise<Record<string, unknown>> {
  const { exec: _ours, tokenFile, 'token-file': _misread, ...fields } = withoutFiles(user?.fields ?? {});
  if (typeof tokenFile === 'string' && tokenFile !== '')
    return { ...fields, token: (await readFile(tokenFile, 'utf8')).trim() };
  if (credential === null) return fields;
  const { token, certificate, key } = credential;
  return withoutFiles({
    ...fields,
    ...(token === null ? {} : { token }),
    ...(certificate === null || key === null
      ? {}
      : { 'client-certificate-data': encoded(certificate), 'client-key-data': encoded(key) }),
  });
}

function encoded(pem: string): string {
  return Buffer.from(pem).toString('base64');
}

/** What is written into the kubeconfig itself holds before a file that it names; client-node has it the other way. */
export function withoutFiles(fields: Entry['fields']): Record<string, unknown> {
  const kept: Record<string, unknown> = { ...fields };
  for (const name of ['certificate-authority', 'client-certificate', 'client-key']) {
    const data = kept[`${name}-data`];
    if (typeof data === 'string' && data !== '') delete kept[name];
  }
  return kept;
}

/**
 * An expired OIDC token could be renewed, but the new one would have to be written into the kubeconfig: otherwise
 * kubectl is left with one that the issuer takes no more. The other providers run programs, without a limit.
 */
export function withoutRenewing(fields: Record<string, unknown>, context: string): void {
  const provider = fields['auth-provider'];
  if (!isRecord(provider)) return;
  if (provider['name'] !== 'oidc') {
    throw new ClusterAway({
      code: 'CREDENTIAL_UNUSABLE',
      message: `The user of the kubeconfig's context ${printable(context)} logs in by the auth-provider ${printable(String(provider['name']))}, which kubectl has no more since 1.26: use the credential plug-in (exec) of the same cloud.`,
    });
  }
  const { 'refresh-token': _left, ...config } = isRecord(provider['config']) ? provider['config'] : {};
  fields['auth-provider'] = { ...provider, config };
}

export function ended(context: string): ClusterAway {
  return new ClusterAway({
    code: 'CREDENTIAL_UNUSABLE',
    message: `The OIDC token of the kubeconfig's context ${printable(context)} has ended, or there is none: any command of kubectl renews it (kubectl --context ${printable(context)} version).`,
  });
}

/** Every credential that stands in the kubeconfig itself. */
export function learnFrom(fields: Record<string, unknown>, learn: ProviderDeps['learn']): void {
  const provider = isRecord(fields['auth-provider']) ? fields['auth-provider']['config'] : undefined;
  const inProvider = isRecord(provider)
    ? ['access-token', 'id-token', 'refresh-token', 'client-secret'].map((name) => provider[name])
    : [];
  for (const secret of [fields['token'], fields['password'], fields['client-key-data'], ...inProvider]) {
    if (typeof secret === 'string' && secret !== '') learn(secret);
  }
}

/** All that a user may ask as; client-node knows only the name. */
export function impersonation(user: Entry | null): OutgoingHttpHeaders {
  const fields = user?.fields ?? {};
  const headers: OutgoingHttpHeaders = {};
  if (typeof fields['as-uid'] === 'string') headers['Impersonate-Uid'] = fields['as-uid'];
  if (Array.isArray(fields['as-groups'])) headers['Impersonate-Group'] = fields['as-groups'].map(String);
  if (isRecord(fields['as-user-extra'])) {
    for (const [key, values] of Object.entries(fields['as-user-extra']))
      headers[`Impersonate-Extra-${encodeURIComponent(key)}`] = Array.isArray(values) ? values.map(String) : [];
  }
  return headers;
}
