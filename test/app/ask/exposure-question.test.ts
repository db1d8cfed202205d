import { expect, test } from 'vitest';
import { asksForNewExposure } from '../../../src/app/ask/exposure-question.ts';

test.each([
  'any new public endpoints detected?',
  'Any newly exposed services?',
  'what became internet-facing?',
  'what was opened up to the internet this week?',
  'did anything change in what is reachable from outside?',
  'has drift made anything publicly reachable',
  'WHAT IS NEWLY OPEN TO THE WORLD',
])('%j asks whether outsiders can reach something new', (question) => {
  expect(asksForNewExposure(question)).toBe(true);
});

test.each([
  ['are the public endpoints healthy?', 'nothing is said to be new'],
  ['what is exposed to the internet?', 'nothing is said to be new'],
  ['any new pods?', 'nothing is said of outsiders'],
  ['is republicanism renewed?', 'the words are parts of others'],
  ['is https://shop.test/ newly public?', 'one place is named'],
  ['any new public endpoints in namespace shop?', 'one namespace is named'],
  ['any new endpoints in ns/shop?', 'one namespace is named'],
  ['any new public endpoints in context prod?', 'one cluster is named'],
  ['', 'nothing is asked'],
])('%j does not: %s', (question) => {
  expect(asksForNewExposure(question)).toBe(false);
});
