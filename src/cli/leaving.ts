import type { Key } from 'node:readline';

/**
 * A signal for what is asked at the terminal: aborted when the person leaves it by Ctrl-D, or standard input ends. An
 * open question would otherwise be a promise that nothing settles, and the process would end without an answer.
 */
export function onLeaving(): { readonly signal: AbortSignal; done(): void } {
  const { stdin } = process;
  const controller = new AbortController();
  const leave = (): void => controller.abort();
  const onKey = (_text: string | undefined, key: Key): void => {
    if (key.ctrl === true && key.name === 'd') leave();
  };
  stdin.on('keypress', onKey);
  stdin.on('end', leave);
  stdin.on('close', leave);
  return {
    signal: controller.signal,
    done: () => {
      stdin.off('keypress', onKey);
      stdin.off('end', leave);
      stdin.off('close', leave);
    },
  };
}
