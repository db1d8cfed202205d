import { SEVERITIES } from '../../domain/severity.ts';
import type { ResearchFinding } from '../../domain/research.ts';

/** A group before its words are redacted. */
export interface Correlated {
  readonly findings: readonly number[];
  readonly because: readonly string[];
}

/** Two things of which one relies on the other, each with the uid of its cluster: `<uid> Service prod/web`. */
export interface Link {
  readonly from: string;
  readonly to: string;
  readonly words: string;
}

/**
 * Findings with a common ground: on the same resource, on a node and on what runs there, on things that rely on each other,
 * with the same image. Each reason is a fact that was read; what only looks alike is no group. Pure and stable.
 */
export function correlate(findings: readonly ResearchFinding[], links: readonly Link[]): readonly Correlated[] {
  const sets = new DisjointSets(findings.map(({ number }) => number));
  const reasons: { readonly a: number; readonly b: number; readonly words: string }[] = [];
  const join = (a: ResearchFinding, b: ResearchFinding, words: string): void => {
    if (a.number === b.number) return;
    sets.join(a.number, b.number);
    reasons.push({ a: a.number, b: b.number, words });
  };
  inGroups(
    findings,
    ({ resource }) => [resource],
    (key, [first, ...others]) => {
      for (const other of others) if (first !== undefined) join(first, other, `about ${first.name}`);
      return key;
    },
  );
  inGroups(findings, nodesOf, (node, [first, ...others]) => {
    for (const other of others)
      if (first !== undefined) join(first, other, `on node ${node.slice(node.indexOf(' ') + 1)}`);
    return node;
  });
  inGroups(findings, imagesOf, (image, [first, ...others]) => {
    for (const other of others) if (first !== undefined) join(first, other, `with the image ${image}`);
    return image;
  });
  const byKey = new Map(findings.map((finding) => [keyOf(finding), finding]));
  for (const { from, to, words } of links) {
    const [a, b] = [byKey.get(from.toLowerCase()), byKey.get(to.toLowerCase())];
    if (a !== undefined && b !== undefined) join(a, b, words);
  }
  return sets
    .all()
    .filter((members) => members.length > 1)
    .map((members) => ({
      findings: nearestFirst(members, findings),
      because: [...new Set(reasons.filter(({ a }) => members.includes(a)).map(({ words }) => words))].slice(0, 6),
    }));
}

function inGroups(
  findings: readonly ResearchFinding[],
  keysOf: (finding: ResearchFinding) => readonly string[],
  visit: (key: string, members: readonly ResearchFinding[]) => void,
): void {
  const groups = new Map<string, ResearchFinding[]>();
  for (const finding of findings)
    for (const key of keysOf(finding)) groups.set(key, [...(groups.get(key) ?? []), finding]);
  for (const [key, members] of groups) if (members.length > 1) visit(key, members);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The node that a finding is about, or that its evidence says it is on. */
function nodesOf({ resource, evidence }: ResearchFinding): readonly string[] {
  const [, uid = '', own] = /^kubernetes:([^/]+)\/(?:node\/(.+)|.*)$/.exec(resource) ?? [];
  const said = evidence.filter(({ label }) => label === 'spec.nodeName').map(({ value }) => textOf(value));
  // Two clusters may have nodes of one name.
  return [...new Set([...(own === undefined ? [] : [own]), ...said])].map((node) => `${uid} ${node}`);
}

function imagesOf({ evidence }: ResearchFinding): readonly string[] {
  return [...new Set(evidence.filter(({ label }) => /(?:^|\.)image$/.test(label)).map(({ value }) => textOf(value)))];
}

/** `<uid> deployment prod/web` for `kubernetes:<uid>/deployment/prod/web`: as a link names it, in small letters. */
function keyOf({ resource }: ResearchFinding): string {
  return /^kubernetes:([^/]+)\/([a-z]+)\/(.+)$/.exec(resource)?.slice(1).join(' ') ?? resource;
}

/** What others rely on stands before what relies on it. */
const DEPTH = [
  'node',
  'storageclass',
  'persistentvolume',
  'persistentvolumeclaim',
  'configmap',
  'secret',
  'pod',
  'replicaset',
  'deployment',
  'statefulset',
  'daemonset',
  'job',
  'cronjob',
  'service',
  'ingress',
];

function nearestFirst(members: readonly number[], findings: readonly ResearchFinding[]): readonly number[] {
  const depth = (finding: ResearchFinding): number => {
    const place = DEPTH.indexOf(keyOf(finding).split(' ')[1] ?? '');
    return place < 0 ? DEPTH.length : place;
  };
  return findings
    .filter(({ number }) => members.includes(number))
    .toSorted(
      (a, b) =>
        depth(a) - depth(b) || SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.number - b.number,
    )
    .map(({ number }) => number);
}

class DisjointSets {
  readonly #parent: Map<number, number>;

  constructor(members: readonly number[]) {
    this.#parent = new Map(members.map((member) => [member, member]));
  }

  join(a: number, b: number): void {
    const [one, other] = [this.#root(a), this.#root(b)];
    this.#parent.set(Math.max(one, other), Math.min(one, other));
  }

  all(): readonly (readonly number[])[] {
    const sets = new Map<number, number[]>();
    for (const member of this.#parent.keys())
      sets.set(this.#root(member), [...(sets.get(this.#root(member)) ?? []), member]);
    return [...sets.values()];
  }

  #root(member: number): number {
    let root = member;
    for (let up = this.#parent.get(root); up !== undefined && up !== root; up = this.#parent.get(root)) root = up;
    return root;
  }
}
