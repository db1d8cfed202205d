import { expect, test } from 'vitest';
import { inventoryCatalog } from '../../../src/inventory/catalog.ts';
import { source as exposures } from '../../../src/inventory/kubernetes/exposures.ts';
import { settingsOf } from '../../../src/inventory/kubernetes/settings.ts';
import { createKubernetesReader } from '../../../src/providers/kubernetes/reader.ts';
import { readIn } from '../../support/kubernetes/inventory.ts';
import { inventoryContext } from '../../support/inventory.ts';
import { worldOf } from '../../support/kubernetes/world.ts';

const IDS = inventoryCatalog.ids.filter((id) => id.startsWith('kubernetes/'));

test('where it may be missing, a machine without a kubeconfig has no facts of a cluster; else that is trouble', async () => {
  const reader = createKubernetesReader({
    contexts: async () => [],
    open: async () => Promise.reject(new Error('there is no kubeconfig')),
  });
  expect(IDS).toHaveLength(6);
  for (const id of IDS) {
    const source = await inventoryCatalog.load(id);
    const context = inventoryContext([], { mayBeMissing: true });
    expect(await source.read(reader, context)).toEqual({ facts: [], hidden: [] });
    await expect(source.read(reader, inventoryContext())).rejects.toThrow('there is no kubeconfig');
  }
});

test('a context that was named and is not there is trouble', async () => {
  const reader = createKubernetesReader({
    contexts: async () => [],
    open: async (context) => Promise.reject(new Error(`no context ${context}`)),
  });
  await expect(exposures.read(reader, inventoryContext([], { context: 'prod' }))).rejects.toThrow('no context prod');
});

test('settings choose the context and the namespaces', () => {
  expect(settingsOf({ context: 'prod', namespaces: ['shop'], excludeNamespaces: ['ci-*'] })).toEqual({
    mayBeMissing: false,
    context: 'prod',
    namespaces: ['shop'],
    excludeNamespaces: ['ci-*'],
  });
  expect(settingsOf({ mayBeMissing: true })).toEqual({ mayBeMissing: true, namespaces: [], excludeNamespaces: [] });
});

test.each([
  [{ namespace: ['shop'] }, '"namespace" is no setting of the facts of a cluster; did you mean "namespaces"?'],
  [{ colour: 'red' }, '"colour" is no setting of the facts of a cluster. There are'],
  [{ namespaces: 'shop' }, '"namespaces" is not a list of names'],
  [{ excludeNamespaces: ['a', 7] }, '"excludeNamespaces" is not a list of names'],
  [{ context: 3 }, '"context" is not the name of a context'],
  [{ context: '' }, '"context" is not the name of a context'],
])('%j is refused, and no cluster is read by it', async (settings, message) => {
  expect(() => settingsOf(settings)).toThrow(message);
  const world = worldOf();
  await expect(readIn(world, exposures, settings)).rejects.toMatchObject({ code: 'SETTINGS_INVALID' });
  expect(world.api.asked()).toEqual([]);
});
