import type { Finder, Hidden } from './finder.ts';
import { needleFinder } from './needle-finder.ts';
import { type BlockMemory, ruleFinder } from './rule-finder.ts';
import { type SecretIndex, spotSecrets } from './secret-index.ts';
import { lookBack } from './secret-rule.ts';

export interface RedactingStream {
  /** Takes a piece and gives out what is certain: all but an end that could be the start of a secret. */
  push(piece: string): string;
  /** Gives out what was kept back. The stream can be used again afterwards, as a new one. */
  flush(): string;
  /**
   * Gives out what was kept back like `flush`, but a key whose first line was seen is still known: for lines that
   * are written one by one.
   */
  endLine(): string;
  /** How many of the characters taken in last stand for nothing that was given out. */
  readonly keptBack: number;
}

/**
 * Redacts a text that arrives in pieces. Secrets that overlap become one hidden stretch, named after the one that begins first.
 *
 * @param sources.index what to look for; a different one when secrets were added, and then the text kept back is read again.
 * @param sources.memory the block that is open; shared by streams whose texts belong together.
 */
export function redactingStream(sources: {
  readonly index: () => SecretIndex;
  readonly memory: BlockMemory;
}): RedactingStream {
  let index = sources.index();
  let values = needleFinder(index.needles);
  const looks = ruleFinder(sources.memory);
  /** What stands before the first character, so that rules see the start of a text as the start of a line. */
  const lineStart = '\n';
  let text = lineStart;
  let start = -1;
  let end = 0;
  /** Up to here every place was looked at. */
  let scanned = 0;
  /** Text before it was given out. */
  let base = 0;
  /** Hidden stretches not given out yet, in order, none overlapping another. The text of the first may be gone already. */
  let hidden: readonly Hidden[] = [];

  function look(finder: Finder, newFrom: number, final: boolean): number {
    const { found, safe } = finder.read({ text, start, end }, newFrom, final);
    if (found.length > 0) hidden = joined([...hidden, ...found]);
    return safe;
  }

  /** Gives out everything before `safe`, where the next secret could begin at the earliest. */
  function giveOut(safe: number): string {
    let out = '';
    let from = base;
    let given = 0;
    for (const stretch of hidden) {
      if (stretch.start > from) out += text.slice(from - start, Math.min(stretch.start, safe) - start);
      // It may still grow. What of it lies before `safe` is not needed any more.
      if (stretch.end > safe) break;
      out += `[secret: ${stretch.name}]`;
      from = stretch.end;
      given += 1;
    }
    if (hidden[given] === undefined && safe > from) out += text.slice(from - start, safe - start);
    if (given > 0) hidden = hidden.slice(given);
    base = safe;
    const keepFrom = Math.max(start, base - lookBack);
    text = text.slice(keepFrom - start);
    start = keepFrom;
    return out;
  }

  function followIndex(): void {
    const current = sources.index();
    if (current === index) return;
    index = current;
    values = needleFinder(index.needles);
    values.reset(base, false);
    spotSecrets(index, { text, start, end }, base, values, null);
    look(values, base, false);
  }

  function finish(keepBlocks: boolean): string {
    followIndex();
    look(values, end, true);
    look(looks, end, true);
    const out = giveOut(end);
    // What was begun is still looked back at.
    text = keepBlocks ? text.slice(-lookBack) : lineStart;
    start = end - text.length;
    scanned = end;
    values.reset(end, keepBlocks);
    looks.reset(end, keepBlocks);
    return out;
  }

  return {
    push(piece) {
      followIndex();
      const newFrom = end;
      text += piece;
      end += piece.length;
      scanned = spotSecrets(index, { text, start, end }, scanned, values, looks);
      const open = end - index.anchors.openEnd(text);
      const safe = Math.min(look(values, newFrom, false), look(looks, newFrom, false), open);
      return giveOut(Math.max(base, safe));
    },
    flush: () => finish(false),
    endLine: () => finish(true),
    get keptBack() {
      // A secret that still grows has no place in what was given out.
      return end - Math.min(base, hidden[0]?.start ?? base);
    },
  };
}

/** The name of the secret that begins first in a text, or null when there is none. */
export function firstSecret(index: SecretIndex, plain: string): string | null {
  const view = { text: `\n${plain}`, start: -1, end: plain.length };
  const values = needleFinder(index.needles);
  const looks = ruleFinder({ open: null });
  spotSecrets(index, view, 0, values, looks);
  const found = [values, looks].flatMap((finder) => [...finder.read(view, 0, true).found]);
  return joined(found)[0]?.name ?? null;
}

/** The same stretches in order, those that overlap made one. */
function joined(stretches: readonly Hidden[]): Hidden[] {
  const result: { start: number; end: number; name: string }[] = [];
  for (const stretch of stretches.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last !== undefined && stretch.start < last.end) last.end = Math.max(last.end, stretch.end);
    else result.push({ ...stretch });
  }
  return result;
}
