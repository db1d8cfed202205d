import type { LastingRule } from './lasting-judgement.ts';
import type { ChoosableRule } from './rule-choice.ts';

/** A rule of a nightly check of references: it holds or not, whatever the time. */
export type ReferenceRule = LastingRule & ChoosableRule;

const NEXT_START = 'Pods that run keep running; the next that starts does not.';

/** What `kubernetes/hygiene-references` says. */
export const REFERENCE_RULES: readonly ReferenceRule[] = [
  {
    id: 'config-map-missing',
    severity: 'medium',
    afterMs: 0,
    title: 'names a ConfigMap that does not exist: {about}',
    why: NEXT_START,
    next: 'See where it is named: {yaml}',
  },
  {
    id: 'config-map-key-missing',
    severity: 'medium',
    afterMs: 0,
    title: 'names a key that its ConfigMap does not have: {about}',
    why: NEXT_START,
    next: 'See where it is named: {yaml}',
  },
  {
    id: 'secret-missing',
    severity: 'medium',
    afterMs: 0,
    title: 'names a Secret that does not exist: {about}',
    why: NEXT_START,
    next: 'See where it is named: {yaml}',
  },
  {
    id: 'pull-secret-missing',
    severity: 'medium',
    afterMs: 0,
    title: 'pulls its images with a Secret that does not exist: {about}',
    why: 'An image that is not on the node yet can not be pulled, if it needs a login.',
    next: 'See where it is named: {yaml}',
  },
  {
    id: 'account-missing',
    severity: 'medium',
    afterMs: 0,
    title: 'runs as a service account that does not exist: {about}',
    why: 'No pod of it can be created.',
    next: 'See where it is named: {yaml}',
  },
  {
    id: 'claim-missing',
    severity: 'medium',
    afterMs: 0,
    title: 'mounts a claim that does not exist: {about}',
    why: 'No pod of it can be scheduled.',
    next: 'See where it is named: {yaml}',
  },
  {
    id: 'selector-mismatch',
    severity: 'medium',
    afterMs: 0,
    title: 'does not select the pods that it describes',
    why: 'It would make pods without end that it does not know for its own; an API server refuses it.',
    next: 'Compare its selector with the labels of its template: {yaml}',
  },
  {
    id: 'service-selects-nothing',
    severity: 'low',
    afterMs: 0,
    title: 'selects nothing: no pod, and nothing that makes pods, has these labels',
    why: 'What it was written for was renamed or is gone.',
    next: 'Is it left over? {describe}',
  },
  {
    id: 'monitor-selects-nothing',
    severity: 'low',
    afterMs: 0,
    title: 'selects no Service',
    why: 'Nothing is scraped for it: its alerts can not fire.',
    next: 'Compare its selector with the labels of the Services: {yaml}',
  },
  {
    id: 'role-missing',
    severity: 'medium',
    afterMs: 0,
    title: 'binds to a role that does not exist: {about}',
    why: 'It gives nothing now; who may make a role of that name gives it to all of its subjects.',
    next: 'Is it left over? {describe}',
  },
  {
    id: 'subject-missing',
    severity: 'low',
    afterMs: 0,
    title: 'gives rights to what does not exist: {about}',
    why: 'Whoever may make a service account of that name gets these rights.',
    next: 'Is it left over? {describe}',
  },
  {
    id: 'invalid-port',
    severity: 'low',
    optional: true,
    afterMs: 0,
    title: 'has a port that is none: {about}',
    why: 'An API server refuses it.',
    next: 'See what it says: {yaml}',
  },
];
