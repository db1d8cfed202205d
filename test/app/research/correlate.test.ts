import { describe, expect, it } from 'vitest';
import { correlate } from '../../../src/app/research/correlate.ts';
import type { ResearchFinding } from '../../../src/domain/research.ts';
import type { Severity } from '../../../src/domain/severity.ts';
import { redactor } from '../../support/sighting.ts';

let next = 0;
function finding(resource: string, more: { severity?: Severity; node?: string; image?: string } = {}): ResearchFinding {
  next += 1;
  const evidence = [
    ...(more.node === undefined ? [] : [{ label: 'spec.nodeName', value: more.node }]),
    ...(more.image === undefined ? [] : [{ label: 'spec.containers[0].image', value: more.image }]),
  ];
  return {
    number: next,
    category: 'health',
    check: 'kubernetes/pods-not-ready',
    resource: redactor.text(resource),
    name: redactor.text(resource.split('/').slice(1).join(' ')),
    discriminator: redactor.text('x'),
    severity: more.severity ?? 'high',
    title: redactor.text('x'),
    why: redactor.text('x'),
    next: redactor.text('x'),
    evidence: evidence.map(({ label, value }) => ({
      label: redactor.text(label),
      value: redactor.text(value),
      source: redactor.text('x'),
    })),
    evidenceClass: null,
    monthlyCost: null,
  };
}
const numbers = (...findings: readonly ResearchFinding[]): readonly number[] => findings.map(({ number }) => number);

describe('findings with a common ground', () => {
  it('are those of one resource', () => {
    const [a, b, c] = [
      finding('kubernetes:u/deployment/prod/web'),
      finding('kubernetes:u/deployment/prod/web'),
      finding('kubernetes:u/deployment/prod/api'),
    ];
    expect(correlate([a, b, c], [])).toEqual([{ findings: numbers(a, b), because: ['about deployment prod web'] }]);
  });

  it('are a node and what runs there, the node first, however mild', () => {
    const [pod, node] = [
      finding('kubernetes:u/pod/prod/web-1', { severity: 'critical', node: 'node-a' }),
      finding('kubernetes:u/node/node-a', { severity: 'low' }),
    ];
    expect(correlate([pod, node], [])).toEqual([{ findings: numbers(node, pod), because: ['on node node-a'] }]);
  });

  it('are things of which one relies on the other, in a chain', () => {
    const [ingress, service, deployment] = [
      finding('kubernetes:u/ingress/prod/shop'),
      finding('kubernetes:u/service/prod/web'),
      finding('kubernetes:u/deployment/prod/web'),
    ];
    const links = [
      { from: 'u Ingress prod/shop', to: 'u Service prod/web', words: 'Ingress prod/shop routes Service prod/web' },
      {
        from: 'u Service prod/web',
        to: 'u Deployment prod/web',
        words: 'Service prod/web selects Deployment prod/web',
      },
    ];
    expect(correlate([ingress, service, deployment], links)).toEqual([
      { findings: numbers(deployment, service, ingress), because: links.map(({ words }) => words) },
    ]);
  });

  it('are those with the same image', () => {
    const [a, b] = [
      finding('kubernetes:u/pod/a/x', { image: 'reg/app:1' }),
      finding('kubernetes:u/pod/b/y', { image: 'reg/app:1' }),
    ];
    expect(correlate([a, b], [])[0]?.because).toEqual(['with the image reg/app:1']);
  });

  it('are none that only look alike', () => {
    const alike = [
      finding('kubernetes:u/deployment/prod/web'),
      finding('kubernetes:u/deployment/staging/web'),
      finding('kubernetes:u/service/prod/web'),
      finding('host:m/mount//data'),
    ];
    expect(correlate(alike, [{ from: 'u Service prod/other', to: 'u Deployment prod/web', words: 'x' }])).toEqual([]);
  });

  it('come to an end, each in one group', () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      finding(`kubernetes:u/pod/a/p${index}`, { node: `node-${index % 7}` }),
    );
    const groups = correlate(many, []);
    expect(groups).toHaveLength(7);
    expect(groups.flatMap((group) => group.findings).toSorted((a, b) => a - b)).toEqual(numbers(...many));
  });

  it('are none of two clusters, whatever is called alike there', () => {
    const [node, pod, service, deployment] = [
      finding('kubernetes:a/node/node-1'),
      finding('kubernetes:b/pod/prod/web-1', { node: 'node-1' }),
      finding('kubernetes:a/service/prod/web'),
      finding('kubernetes:b/deployment/prod/web'),
    ];
    const links = [{ from: 'a Service prod/web', to: 'a Deployment prod/web', words: 'x' }];
    expect(correlate([node, pod, service, deployment], links)).toEqual([]);
  });
});
