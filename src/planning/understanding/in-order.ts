import type { Intent } from '#core/intent.ts';

/** Inputs in the order in which their command declares them, so that equal intents are equal text. */
export function inOrder(
  inputs: Readonly<Record<string, string | number>>,
  declared: Readonly<Record<string, unknown>>,
): Intent['inputs'] {
  return Object.fromEntries(
    Object.keys(declared).flatMap((name) =>
      inputs[name] === undefined ? [] : [[name, inputs[name] as string | number]],
    ),
  );
}
