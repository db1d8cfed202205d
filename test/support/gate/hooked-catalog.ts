import type { Action, ActionCatalog } from '../../../src/domain/action.ts';

/** Every method of an action that is waited for: where a process may die, or the world may move. */
export type Method = 'identify' | 'observe' | 'preview' | 'dependents' | 'apply' | 'verify' | 'reconcile';
export type Hook = (when: 'before' | 'after', method: Method) => void | Promise<void>;

/** The catalogue, with `hook` called around every method of its actions. */
export function hookedCatalog(catalog: ActionCatalog, hook: Hook): ActionCatalog {
  return { refs: catalog.refs, load: async (id) => hooked(await catalog.load(id), hook) };
}

function hooked(action: Action, hook: Hook): Action {
  const around = async <T>(method: Method, work: () => Promise<T>): Promise<T> => {
    await hook('before', method);
    const result = await work();
    await hook('after', method);
    return result;
  };
  const { reconcile } = action;
  return {
    ...action,
    identify: (...given) => around('identify', () => action.identify(...given)),
    observe: (...given) => around('observe', () => action.observe(...given)),
    preview: (...given) => around('preview', () => action.preview(...given)),
    dependents: (...given) => around('dependents', () => action.dependents(...given)),
    apply: (...given) => around('apply', () => action.apply(...given)),
    verify: (...given) => around('verify', () => action.verify(...given)),
    ...(reconcile === undefined
      ? {}
      : { reconcile: (...given) => around('reconcile', () => reconcile.call(action, ...given)) }),
  };
}
