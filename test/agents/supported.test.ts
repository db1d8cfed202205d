import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesIn, unsupportedPart, withoutLinks } from '../../src/agents/supported.ts';

const BASIS = {
  text: '{"name":"Deployment prod/web-api","title":"has 2 of 3 replicas available","evidence":{"image":"registry.lab/web:1.2","node":"node-a","used":"97.34 %","ip":"10.0.0.7"}} e1 kubernetes/pods-not-ready',
  question: 'why is billing-worker slow?',
};

describe('what a sentence names and counts', () => {
  it.each([
    '`prod/web-api` is not whole.',
    'web-api has 2 of 3 replicas.',
    'The deployment `web-api` is short of one replica.',
    'It runs on node-a.',
    'It runs on `node-a`, as `registry.lab/web:1.2`.',
    'It is 97 % full.',
    'It is 97.3 % full.',
    'It is 97.34% full.',
    'The address is 10.0.0.7.',
    'This rests on e1.',
    'The kubernetes/pods-not-ready check found it.',
    'It is out-of-memory, in a read-only way.',
    'Nothing is known of billing-worker.',
    '`billing-worker` was not seen.',
    'The cluster has a problem.',
    'PROD/WEB-API is not whole.',
  ])('is there: %s', (sentence) => {
    expect(unsupportedPart(sentence, BASIS)).toBeNull();
  });

  it.each([
    ['`prod/web` is not whole.', 'prod/web'],
    ['`api` crashes.', 'api'],
    ['prod/web-api-2 is not whole.', 'prod/web-api-2'],
    ['The pod web-api-7f9 crashes.', 'web-api-7f9'],
    ['staging/web-api is not whole.', 'staging/web-api'],
    ['billing-worker is slow.', 'billing-worker'],
    ['It runs on node-b.', 'node-b'],
    ['It runs on nоde-a.', 'nоde-a'], // a Cyrillic o
    ['It runs on `node‑a`.', 'node‑a'], // a hyphen that does not break
    ['web-api has 3 of 4 replicas.', '4'],
    ['There are 14 findings.', '14'],
    ['It is 98 % full.', '98'],
    ['It is 97.4 % full.', '97.4'],
    ['The address is 10.0.0.8.', '10.0.0.8'],
    ['Look at db.internal.example.com.', 'db.internal.example.com'],
    ['The image is registry.lab/web:1.3.', 'registry.lab/web:1.3'],
    ['Look into /var/log/app.', '/var/log/app'],
    ['Ask admin@example.com.', 'admin@example.com'],
    ['Scale it with kubectl_apply.', 'kubectl_apply'],
    ['Run `rm -rf /`.', 'rm -rf /'],
  ])('is not there: %s', (sentence, part) => {
    expect(unsupportedPart(sentence, BASIS)).toBe(part);
  });

  it('ends on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), fc.string({ maxLength: 500 }), (sentence, text) => {
        const part = unsupportedPart(sentence, { text, question: '' });
        expect(part === null || part.length > 0).toBe(true);
      }),
    );
  });

  it('finds every name that it put there itself', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{2,8}-[a-z]{2,8}$/), (name) => {
        fc.pre(namesIn(`x ${name} y`).length > 0);
        expect(unsupportedPart(`It is about ${name}, so look.`, { text: `"${name}"`, question: '' })).toBeNull();
        expect(unsupportedPart(`It is about ${name}, so look.`, { text: `"${name}-2" "a${name}"`, question: '' })).toBe(
          name,
        );
      }),
    );
  });
});

describe('links of a model', () => {
  it.each([
    ['see https://evil.example/x?y=1 now', 'see [link left out] now'],
    ['[click](https://evil.example)', 'click'],
    ['![](http://evil.example/p.png)', ''],
    ['javascript:alert(1)', '[link left out]'],
    ['data:text/html,x', '[link left out]'],
    ['ssh://evil.example/x', '[link left out]'],
    ['go to www.evil.example/x', 'go to [link left out]'],
    ['//evil.example/x', '[link left out]'],
    ['no link: at all', 'no link: at all'],
    ['registry.lab/web:1.2 and /var//log', 'registry.lab/web:1.2 and /var//log'],
  ])('%s', (text, left) => {
    expect(withoutLinks(text)).toBe(left);
  });
});
