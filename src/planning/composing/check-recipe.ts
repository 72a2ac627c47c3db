import type { CommandSentences } from '../catalog/command-sentences.ts';
import type { Condition, RecipeFile, StepRecipe } from './recipe.ts';
import { parseTemplate, shellPlace } from './template.ts';
import { knownNames, type Surroundings, termOf } from './vocabulary.ts';

/** Something wrong in a recipe, by the path of the part that is. */
export interface RecipeMistake {
  readonly path: readonly (string | number)[];
  readonly problem: string;
  readonly remedy: string;
}

/** `command`: a shell command line. `content`: a file. `plain`: a sentence, a path or an address. */
type TextKind = 'command' | 'content' | 'plain';

/** Everything in a recipe that the schema can't see: unknown names, values without quotes, variants that are never reached. */
export function checkRecipe(recipe: RecipeFile, command: CommandSentences): readonly RecipeMistake[] {
  const mistakes: RecipeMistake[] = [];
  const inputs = command.inputs;
  const note = (path: RecipeMistake['path'], problem: string, remedy: string): void => {
    mistakes.push({ path, problem, remedy });
  };
  const text = (
    value: string | undefined,
    kind: TextKind,
    path: RecipeMistake['path'],
    conditions: readonly (Condition | undefined)[],
    each: Surroundings['each'] = null,
  ): void => {
    if (value === undefined) return;
    const given = conditions.filter((condition) => condition !== undefined);
    for (const found of checkText(value, kind, {
      subject: recipe.subject,
      conditions: given,
      each,
      inputs,
    })) {
      note(path, found.problem, found.remedy);
    }
  };
  const condition = (value: Condition | undefined, path: RecipeMistake['path']): void => {
    for (const name of [...(value?.inputs ?? []), ...Object.keys(value?.digits ?? {})]) {
      if (name in inputs) continue;
      note(
        path,
        `"${name}" is not an input of ${command.command}`,
        'declare it in sentences.yaml beside this file',
      );
    }
  };

  if (recipe.subject !== 'host' && !('service' in inputs)) {
    note(
      ['subject'],
      'this is about a service, but sentences.yaml declares no input called service',
      'declare it there',
    );
  }
  if (recipe.subject === 'new-service' && recipe.becomes !== undefined && recipe.becomes !== 'running') {
    note(['becomes'], 'a new service can only become running', 'write "becomes: running"');
  }

  const requestText = (value: string, path: RecipeMistake['path']): void => {
    // Requests are only used when everything in them is known, so any name of the vocabulary will do.
    const everything = {
      about: 'service',
      port: true,
      catalogued: true,
      inputs: Object.keys(inputs),
    } as const;
    text(value, 'plain', path, [everything]);
  };

  recipe.refusals.forEach((refusal, i) => {
    condition(refusal.when, ['refusals', i, 'when']);
    text(refusal.reason, 'plain', ['refusals', i, 'reason'], [refusal.when]);
    refusal.suggestions.forEach((words, n) => requestText(words, ['refusals', i, 'suggestions', n]));
  });
  if (recipe.otherwise) {
    text(recipe.otherwise.reason, 'plain', ['otherwise', 'reason'], []);
    recipe.otherwise.suggestions.forEach((words, n) => requestText(words, ['otherwise', 'suggestions', n]));
  }

  recipe.variants.forEach((variant, i) => {
    const path = ['variants', i];
    const last = i === recipe.variants.length - 1;
    if (Object.keys(variant.when).length === 0 && !last) {
      note(
        path,
        'this variant always fits, so the ones behind it are never used',
        'give it a "when", or move it last',
      );
    }
    if (last && !recipe.otherwise && Object.keys(variant.when).length > 0) {
      note(
        path,
        'nothing is said for the case that no variant fits',
        'write "otherwise:" with a reason and suggestions',
      );
    }
    condition(variant.when, [...path, 'when']);
    text(variant.title ?? recipe.title, 'plain', variant.title ? [...path, 'title'] : ['title'], [
      variant.when,
    ]);
    for (const key of ['verification', 'undo'] as const) {
      const sentences: readonly { say: string; when?: Condition | undefined }[] = variant[key];
      sentences.forEach((sentence, n) => {
        condition(sentence.when, [...path, key, n, 'when']);
        text(sentence.say, 'plain', [...path, key, n, 'say'], [variant.when, sentence.when]);
      });
      if (Object.keys(sentences.at(-1)?.when ?? {}).length > 0) {
        note(
          [...path, key],
          `the last sentence of "${key}" does not always fit`,
          'end with one that has no "when"',
        );
      }
    }
    variant.notes.forEach((item, n) => {
      condition(item.when, [...path, 'notes', n, 'when']);
      text(item.say, 'plain', [...path, 'notes', n, 'say'], [variant.when, item.when]);
    });
    variant.effects.forEach((effect, n) => {
      const at = [...path, 'effects', n];
      condition(effect.when, [...at, 'when']);
      for (const key of ['what', 'change', 'before', 'after'] as const) {
        text(effect[key], 'plain', [...at, key], [variant.when, effect.when], effect.each ?? null);
      }
    });
    if (command.risk === 'read' && variant.effects.length > 0) {
      note(
        [...path, 'effects'],
        `${command.command} only reads, so it has no effects`,
        'remove them, or raise the risk in sentences.yaml',
      );
    }
    if (command.risk !== 'read' && variant.effects.length === 0) {
      note(
        path,
        'a change without effects would look harmless to whoever approves it',
        'list what will be different under "effects:"',
      );
    }
    variant.steps.forEach((step, n) => {
      const at = [...path, 'steps', n];
      condition(step.when, [...at, 'when']);
      checkStep(step, at, variant.when, command, text, note);
    });
  });
  return mistakes;
}

function checkStep(
  step: StepRecipe,
  at: RecipeMistake['path'],
  when: Condition,
  command: CommandSentences,
  text: (
    value: string | undefined,
    kind: TextKind,
    path: RecipeMistake['path'],
    conditions: readonly (Condition | undefined)[],
    each?: Surroundings['each'],
  ) => void,
  note: (path: RecipeMistake['path'], problem: string, remedy: string) => void,
): void {
  const conditions = [when, step.when];
  const reads = command.risk === 'read';
  const each = step.uses === 'shell' ? (step.each ?? null) : null;
  text(step.summary, 'plain', [...at, 'summary'], conditions, each);
  for (const how of Object.values(step.undo ?? {})) text(how, 'plain', [...at, 'undo'], conditions, each);
  const looks = step.uses === 'health' || step.uses === 'http' || step.uses === 'wait';
  if (!reads && !looks && !step.undo) {
    note(
      at,
      `"${step.summary}" does not say how it is taken back`,
      'add "undo:" with reversible, irreversible or not_needed',
    );
  }
  if (reads && (step.uses === 'file' || step.uses === 'supervisor')) {
    note(
      at,
      `${command.command} only reads, but this step writes a file`,
      'raise the risk in sentences.yaml',
    );
  }
  if (step.uses === 'health' && !conditions.some((given) => given?.health === true)) {
    note(
      at,
      'not every service can be asked over HTTP if it is well',
      'add "when: {health: true}" to the step',
    );
  }
  switch (step.uses) {
    case 'shell':
      text(step.command, 'command', [...at, 'command'], conditions, each);
      if (!reads && step.idempotent === undefined) {
        note(
          at,
          `"${step.summary}" does not say whether it may run twice`,
          'add "idempotent: true" or "idempotent: false"',
        );
      }
      return;
    case 'file':
      text(step.path, 'plain', [...at, 'path'], conditions);
      text(step.content, 'content', [...at, 'content'], conditions);
      if ((step.content === undefined) === (step.render === undefined)) {
        note(at, 'a file step has either "content" or "render"', 'write exactly one of the two');
      }
      return;
    case 'supervisor':
      text(step.command, 'command', [...at, 'command'], conditions);
      for (const [name, value] of Object.entries(step.environment)) {
        text(value, 'plain', [...at, 'environment', name], conditions);
      }
      return;
    case 'http':
      text(step.url, 'plain', [...at, 'url'], conditions);
      text(step.body, 'plain', [...at, 'body'], conditions);
  }
}

function checkText(
  value: string,
  kind: TextKind,
  where: Surroundings,
): readonly { readonly problem: string; readonly remedy: string }[] {
  const parts = parseTemplate(value);
  if ('problem' in parts) {
    return [
      { problem: parts.problem, remedy: 'text that must hold two braces in a row is not possible here' },
    ];
  }
  return parts.flatMap((part) => {
    if (typeof part === 'string') return [];
    const term = termOf(part.name, where);
    const shown = `{{${part.name}}}`;
    if (!term) {
      return [
        {
          problem: `${shown} is not known here`,
          remedy: `known are ${knownNames.join(', ')} and inputs.<name>`,
        },
      ];
    }
    if (term.missing !== null) {
      return [
        {
          problem: `${shown} may be absent here`,
          remedy: `make it certain with "when: {${term.missing}}", or do without it`,
        },
      ];
    }
    if (kind === 'content' && term.type === 'text' && part.filter === null) {
      return [
        {
          problem: `${shown} could break the file it is written into`,
          remedy: `write {{${part.name}|json}} or {{${part.name}|sh}}`,
        },
      ];
    }
    if (kind !== 'command') return [];
    const place = shellPlace(value, part.at);
    if (place === 'heredoc' || place === 'comment') {
      return [
        {
          problem: `${shown} stands in a ${place}, where nothing can be quoted`,
          remedy: 'pass it as an argument instead',
        },
      ];
    }
    if (part.filter === 'json') {
      return [
        { problem: `{{${part.name}|json}} is not quoted for a shell`, remedy: `write {{${part.name}|sh}}` },
      ];
    }
    if (part.filter === 'sh' && place !== 'bare') {
      return [
        {
          problem: `{{${part.name}|sh}} stands inside quotes, where its own quotes would end them`,
          remedy: 'take it out of the quotes',
        },
      ];
    }
    if (part.filter === null && term.type === 'text') {
      return [
        { problem: `${shown} could hold anything and is not quoted`, remedy: `write {{${part.name}|sh}}` },
      ];
    }
    return [];
  });
}
