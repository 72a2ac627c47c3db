import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';
import { outlineOf } from './outline-of.ts';

/**
 * What a second parser makes of a shell text, written out in the same form as `rebuild`'s `normal`; undefined for
 * anything but plain words joined by simple operators, and for what it cannot read.
 */
export type SecondReading = (text: string) => string | undefined;

/** The second parser, or why there is none. */
export type LoadedSecondReading =
  | { readonly ok: true; readonly read: SecondReading }
  | { readonly ok: false; readonly why: string };

/**
 * Loads tree-sitter's bash grammar, once, when the judge is loaded.
 *
 * This file is the one exception to "policy does no I/O": it reads two files of its own packages, as an `import` would
 * if WebAssembly could be imported everywhere. Loading it with the judge, not handing it in, leaves no way to build a
 * judge that forgot it. Without it nothing is allowed by itself, and `chiffon doctor` says so.
 */
export async function loadSecondReading(
  grammar: () => Uint8Array = () =>
    readFileSync(createRequire(import.meta.url).resolve('tree-sitter-bash/tree-sitter-bash.wasm')),
): Promise<LoadedSecondReading> {
  try {
    await Parser.init();
    const parser = new Parser();
    parser.setLanguage(await Language.load(grammar()));
    return { ok: true, read: readWith(parser) };
  } catch (error) {
    // A machine without WebAssembly or with a broken installation: the judge asks people about everything instead.
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

function readWith(parser: Parser): SecondReading {
  return (text) => {
    const tree = parser.parse(text);
    if (!tree) return undefined;
    try {
      return outlineOf(tree.rootNode);
    } catch (error) {
      // Nested beyond what the stack holds, and so beyond what is read.
      if (error instanceof RangeError) return undefined;
      throw error;
    } finally {
      tree.delete();
    }
  };
}
