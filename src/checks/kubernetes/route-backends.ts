import type { HTTPRoute, Ingress, IngressBackend } from '../../providers/kubernetes/reader.ts';

/** A Service that traffic is sent to, and the field that says so. */
export interface RouteBackend {
  readonly path: string;
  readonly namespace: string;
  readonly name: string;
  readonly port: { readonly number?: number | undefined; readonly name?: string | undefined };
}

/** Of its rules and its default; a backend that is no Service (a bucket, say) is legal, and none of these. */
export function ingressBackends({ metadata, spec }: Ingress): readonly RouteBackend[] {
  const namespace = metadata.namespace ?? '';
  const rules = (spec?.rules ?? []).flatMap(({ http }, rule) =>
    (http?.paths ?? []).map(
      ({ backend }, index) => [backend, `spec.rules[${rule}].http.paths[${index}].backend.service`] as const,
    ),
  );
  return [[spec?.defaultBackend, 'spec.defaultBackend.service'] as const, ...rules].flatMap(([backend, path]) =>
    fromIngress(backend, path, namespace),
  );
}

function fromIngress(backend: IngressBackend | undefined, path: string, namespace: string): readonly RouteBackend[] {
  const { name, port = {} } = backend?.service ?? {};
  return name === undefined || name === '' ? [] : [{ path, namespace, name, port }];
}

/** Of an HTTPRoute, and of the other routes, which have backends of the same shape. */
export function routeBackends({ metadata, spec }: HTTPRoute): readonly RouteBackend[] {
  return (spec?.rules ?? []).flatMap(({ backendRefs }, rule) =>
    (backendRefs ?? []).flatMap(({ kind = 'Service', group = '', name, namespace, port }, index) =>
      kind !== 'Service' || group !== '' || name === undefined || name === ''
        ? []
        : [
            {
              path: `spec.rules[${rule}].backendRefs[${index}]`,
              namespace: namespace ?? metadata.namespace ?? '',
              name,
              port: { number: port },
            },
          ],
    ),
  );
}

/** `80`, `http`. */
export function portWords({ number, name }: RouteBackend['port']): string {
  return name !== undefined && name !== '' ? name : String(number ?? 'none');
}
