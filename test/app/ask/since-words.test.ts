import { expect, test } from 'vitest';
import { withoutSince } from '../../../src/app/ask/since-words.ts';

test.each([
  ['any cost anomalies since last check?', 'any cost anomalies?'],
  ['Is the disk full, since my last check?', 'Is the disk full?'],
  ['Since last check, any cost anomalies?', 'any cost anomalies?'],
  ['what is new since the previous beat', 'what is new'],
  ['what changed since our last HEARTBEAT?', 'what changed?'],
  ['what changed since the last time I asked?', 'what changed?'],
  ['what changed since last time we looked, and why?', 'what changed and why?'],
  ['anything since last poll', 'anything'],
  ['since last check', ''],
])('%j is about since the client asked, and asks %j', (question, text) => {
  expect(withoutSince(question)).toEqual({ text, asksSince: true });
});

test.each([
  'what changed since yesterday?',
  'what changed this week?',
  'what changed since Monday?',
  'what changed since 2026-11-01?',
  'what changed since the last deployment?',
  'is the last check ok?',
  'is the pod since-last-check healthy?',
  'what changed since last checkpoint?',
  'what changed since last checked?',
  'sincelast check',
  '',
])('%j names no look of the client, and stays as it is', (question) => {
  expect(withoutSince(question)).toEqual({ text: question, asksSince: false });
});
