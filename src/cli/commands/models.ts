import { openApp } from '../../app/app.ts';
import { listModels as list } from '../../app/model-list.ts';
import { modelsToTest, testModel, type ModelTested } from '../../app/model-test.ts';
import { warningOf } from '../../app/model-trust.ts';
import { useModel } from '../../app/model-use.ts';
import { hasPassed } from '../../domain/model-score.ts';
import { EXIT, say, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { present } from '../present.ts';
import { modelsHuman, modelTestHuman } from '../views/models-human.ts';
import type { Options } from '../options.ts';

/** `holdfast models list`: what could be asked, and why not. */
export async function modelsList(door: Door): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  const interrupt = onInterrupt();
  try {
    const models = await list(app, interrupt.signal);
    present(door, app, { human: () => modelsHuman(models, door.terminal.style), json: () => ['models', { models }] });
    return EXIT.done;
  } finally {
    interrupt.done();
    app.close();
  }
}

/** `holdfast models test [model...]`: 3 when one did not pass, 4 when one could not be asked. */
export async function modelsTest(door: Door, named: readonly string[], options: Options): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  const interrupt = onInterrupt();
  try {
    const tested: ModelTested[] = [];
    for (const model of modelsToTest(app, named)) {
      let done = 0;
      const onCase = (): void => {
        done += 1;
        if (!door.options.quiet) door.terminal.progress(app.redactor.text(`${model}  ${done} cases`));
      };
      tested.push(
        await testModel(app, model, { signal: interrupt.signal, localOnly: options['localOnly'] === true, onCase }),
      );
      door.terminal.progress(app.redactor.text(''));
    }
    present(door, app, {
      human: () => modelTestHuman(tested, door.terminal.style),
      json: () => ['model-test', { tested: tested.map(document) }],
    });
    if (interrupt.signal.aborted) return EXIT.interrupted;
    if (tested.some(({ score }) => score !== null && !hasPassed(score))) return EXIT.findings;
    return tested.some(({ score }) => score === null) ? EXIT.unknown : EXIT.done;
  } finally {
    interrupt.done();
    app.close();
  }
}

function document({ model, score, failure }: ModelTested) {
  return {
    model,
    passed: score === null ? null : hasPassed(score),
    cases: score === null ? [] : score.cases.map((one) => ({ ...one })),
    failure,
  };
}

/** `holdfast models use <model>`: writes it into the configuration. */
export async function modelsUse(door: Door, [named = '']: readonly string[], options: Options): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  try {
    const used = useModel(app, named, options['escalate'] === true ? 'escalate' : 'default');
    const warning = warningOf(app, used.model);
    if (warning !== null) say(door, app, warning);
    present(door, app, {
      human: () => `models.${used.role} is ${used.model} in ${used.file}\n`,
      json: () => ['model-used', used],
    });
    return EXIT.done;
  } finally {
    app.close();
  }
}
