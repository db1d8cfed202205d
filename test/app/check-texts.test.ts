import { describe, expect, it } from 'vitest';
import { checkTexts } from '../../src/app/check-texts.ts';
import { aCheck, catalogOf } from '../support/check.ts';

describe('the texts of checks', () => {
  it('are those of the catalogue, under earlier ids too; what it does not have is left out', async () => {
    const check = aCheck('host/disk', async () => [], { aliases: ['host/old-disk'], title: 'Room' });
    const texts = await checkTexts({ catalog: catalogOf(check) }, [
      'host/disk',
      'host/old-disk',
      'holdfast/own',
      'host/disk',
    ]);
    expect([...texts.keys()]).toEqual(['host/disk', 'host/old-disk']);
    expect(texts.get('host/old-disk')).toMatchObject({ title: 'Room' });
  });
});
