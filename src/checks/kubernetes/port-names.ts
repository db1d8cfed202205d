import { containersOf, type PodDescription, type Service } from '../../providers/kubernetes/reader.ts';
import type { LastingProblem } from './lasting.ts';

/** A port of a Service that no API server takes: a number out of range, a name that is none. */
export function servicePortProblems({ spec }: Service): readonly LastingProblem[] {
  return (spec?.ports ?? []).flatMap(({ targetPort }, index) =>
    targetPort === undefined || isPort(targetPort) ? [] : [invalid(`spec.ports[${index}].targetPort`, targetPort)],
  );
}

export function containerPortProblems(pods: Pick<PodDescription, 'spec' | 'path'>): readonly LastingProblem[] {
  return containersOf(pods).flatMap(({ container, path }) =>
    (container.ports ?? []).flatMap(({ name, containerPort }, index) => [
      ...(name === undefined || isPort(name) ? [] : [invalid(`${path}.ports[${index}].name`, name)]),
      ...(containerPort === undefined || isPort(containerPort)
        ? []
        : [invalid(`${path}.ports[${index}].containerPort`, containerPort)]),
    ]),
  );
}

function invalid(path: string, value: number | string): LastingProblem {
  return { rule: 'invalid-port', about: String(value), since: 0, fields: [{ path, value }] };
}

/** A name of RFC 6335: at most 15 of a-z, 0-9 and single hyphens between them, with a letter. */
function isPort(port: number | string): boolean {
  if (typeof port === 'number') return Number.isInteger(port) && port >= 1 && port <= 65_535;
  return port.length <= 15 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(port) && /[a-z]/.test(port);
}
