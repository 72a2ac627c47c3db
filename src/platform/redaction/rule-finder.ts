import { isBehindEscape } from './anchor-index.ts';
import type { Finder, Hidden, TextView } from './finder.ts';
import { lookBack, type ReadBlockLine, reach, type SecretRule, type Stretch } from './secret-rule.ts';

/** A block that was begun and not ended. Several streams may share one: what begins on one may go on on another. */
export interface BlockMemory {
  open: OpenBlock | null;
}

interface OpenBlock {
  readonly kind: string;
  readonly readLine: ReadBlockLine;
}

/** An anchor that was seen; what stands behind it is not known far enough yet. */
interface Candidate {
  readonly at: number;
  readonly rule: SecretRule;
}

/** A secret that reached the end of what its rule can see and may go on. */
interface Growing {
  readonly start: number;
  end: number;
  readonly kind: string;
  readonly continues: RegExp;
}

/** Redacting twice changes nothing. */
const hiddenAlready = '[secret: ';
const nothingOnLine = { hidden: [], goesOn: true };
const anythingButSpacesAndQuotes = /[^\s"'`]/;

export interface RuleFinder extends Finder {
  /** To be told before `read` of every place where an anchor of a rule stands. */
  note(rule: SecretRule, at: number): void;
}

/**
 * Finds what looks like a secret. What it finds depends on the text and never on the pieces the text came in: a rule is
 * tried once the line ends behind its anchor or `reach` characters of it are known, and sees no more than that.
 */
export function ruleFinder(memory: BlockMemory): RuleFinder {
  let candidates: Candidate[] = [];
  let growing: Growing | null = null;
  /** The rule that found a secret longer than it sees, and how far that secret reaches by now. */
  let covered: { readonly rule: SecretRule; readonly start: number; end: number } | null = null;
  /** The block this stream is in, and where its next line begins; the place is unknown until a line ends. */
  let block: OpenBlock | null = null;
  let lineAt: number | null = null;
  const breaks = lineBreaks();

  /** The end of the line that goes on at `at`; null when it is not there yet, or farther than anything looks. */
  function endOfLine(view: TextView, at: number): number | null {
    const end = breaks.next(view, at);
    return end <= at + reach ? end : null;
  }

  /** How far a rule at `at` sees and whether the text really ends a line there; null when that is not known yet. */
  function horizon(view: TextView, at: number, final: boolean): { end: number; closed: boolean } | null {
    const line = endOfLine(view, at);
    if (line !== null) return { end: line, closed: true };
    if (view.end - at >= reach) return { end: at + reach, closed: false };
    return final ? { end: view.end, closed: true } : null;
  }

  /** Tries a rule; answers what it hides. */
  function tryRule(
    view: TextView,
    { at, rule }: Candidate,
    seen: { end: number; closed: boolean },
  ): Hidden[] {
    // Inside of what it found already it would find the same once more; a text may have thousands of such places.
    if (covered?.rule === rule && at >= covered.start && seen.end <= covered.end) return [];
    const here = at - view.start;
    // Behind an escaped line break, as in a line of JSON, begins a line too; its two characters count as the break.
    const escaped = isBehindEscape(view.text, here);
    const from = escaped ? here - 1 : Math.max(0, here - lookBack);
    const line = `${escaped ? '\n' : ''}${view.text.slice(escaped ? here : from, seen.end - view.start)}`;
    const place = here - from;
    const stretches = search(rule, line, place)?.filter(([start]) => !line.startsWith(hiddenAlready, start));
    if (stretches === undefined) return [];
    const base = view.start + from;
    const hidden = stretches.map(([start, end]) => ({
      start: base + start,
      end: base + end,
      name: rule.kind,
    }));
    const last = hidden.at(-1);
    if (last !== undefined && !seen.closed && last.end === seen.end) {
      const continues = rule.continues ?? anythingButSpacesAndQuotes;
      growing = { start: last.start, end: last.end, kind: rule.kind, continues };
      covered = { rule, start: last.start, end: last.end };
    }
    if (rule.block !== undefined) {
      block = { kind: rule.kind, readLine: rule.block.open(line, place) };
      memory.open = block;
      lineAt = last?.end ?? base + (rule.find instanceof RegExp ? rule.find.lastIndex : line.length);
    }
    return hidden;
  }

  /** Follows a secret that is longer than its rule sees. */
  function grow(view: TextView): Hidden[] {
    if (growing === null) return [];
    const from = growing.end;
    let end = from;
    while (end < view.end && growing.continues.test(view.text.charAt(end - view.start))) end += 1;
    if (covered !== null) covered.end = end;
    const hidden = end > from ? [{ start: growing.start, end, name: growing.kind }] : [];
    if (end < view.end) growing = null;
    else growing.end = end;
    return hidden;
  }

  /** Joins a block that another stream began: from the next line of this one on. */
  function followMemory(view: TextView, newFrom: number): void {
    if (memory.open === block) return;
    block = memory.open;
    lineAt = null;
    if (block === null) return;
    const before = newFrom === 0 ? 10 : view.text.charCodeAt(newFrom - 1 - view.start);
    if (before === 10 || before === 13) lineAt = newFrom;
  }

  /** Reads the next line of the open block; null when it is not complete. */
  function readBlockLine(view: TextView, final: boolean): Hidden[] | null {
    if (block === null || lineAt === null) return [];
    const seen = horizon(view, lineAt, final);
    if (seen === null) return null;
    const line = view.text.slice(lineAt - view.start, seen.end - view.start);
    // Empty lines say nothing, and whether "\r\n" counts as one would depend on the pieces.
    const { hidden, goesOn } = line === '' ? nothingOnLine : block.readLine(line);
    const found = hidden.map(([start, end]) => ({
      start: (lineAt ?? 0) + start,
      end: (lineAt ?? 0) + end,
      name: block?.kind ?? '',
    }));
    lineAt = seen.end;
    while (lineAt < view.end && isLineBreak(view.text.charCodeAt(lineAt - view.start))) lineAt += 1;
    if (!goesOn) {
      block = null;
      memory.open = null;
      lineAt = null;
    }
    return found;
  }

  return {
    note(rule, at) {
      candidates.push({ at, rule });
    },
    read(view, newFrom, final) {
      if (candidates.length > 1) candidates.sort((a, b) => a.at - b.at);
      followMemory(view, newFrom);
      if (block !== null && lineAt === null) {
        const end = endOfLine(view, newFrom);
        if (end !== null) lineAt = end + 1;
      }
      const found = grow(view);
      let done = 0;
      for (;;) {
        const candidate = candidates[done];
        const nextLine: number | null = block === null ? null : lineAt;
        if (
          nextLine !== null &&
          nextLine < view.end &&
          (candidate === undefined || nextLine <= candidate.at)
        ) {
          const read = readBlockLine(view, final);
          if (read === null) break;
          found.push(...read);
          continue;
        }
        if (candidate === undefined) break;
        const seen = horizon(view, candidate.at, final);
        if (seen === null) break;
        done += 1;
        found.push(...tryRule(view, candidate, seen), ...grow(view));
      }
      if (done > 0) candidates = candidates.slice(done);
      let safe = view.end;
      if (candidates[0] !== undefined) safe = Math.min(safe, candidates[0].at);
      if (block !== null && lineAt !== null && !final) safe = Math.min(safe, lineAt);
      // What may still grow must not be given out as if it had ended.
      if (growing !== null && !final) safe = Math.min(safe, view.end - 1);
      return { found, safe };
    },
    reset(at, keepBlocks) {
      candidates = [];
      growing = null;
      covered = null;
      breaks.forget();
      if (keepBlocks) {
        if (block !== null) lineAt = at;
        return;
      }
      if (memory.open === block) memory.open = null;
      block = null;
      lineAt = null;
    },
  };
}

function search(rule: SecretRule, line: string, at: number): readonly Stretch[] | null {
  if (typeof rule.find === 'function') return rule.find(line, at);
  rule.find.lastIndex = at;
  const match = rule.find.exec(line);
  if (match === null) return null;
  // Without a group it is the whole.
  const secret = match.groups === undefined ? match.indices?.[0] : match.indices?.groups?.['secret'];
  return secret === undefined || secret[0] === secret[1] ? [] : [secret];
}

/** Finds line breaks from one place after the other; what it found stays known, so that a long line is looked through once. */
function lineBreaks() {
  const kinds = [
    { unit: '\n', at: -1 },
    { unit: '\r', at: -1 },
  ];
  /** From here on nothing before what was found is a line break. */
  let from = 0;
  let end = -1;

  return {
    /** Where the first line break at a place or behind it is; infinity when it is not there yet. */
    next(view: TextView, place: number): number {
      const known = view.end === end && place >= from;
      let first = Number.POSITIVE_INFINITY;
      for (const kind of kinds) {
        if (!known || kind.at < place) {
          const found = view.text.indexOf(kind.unit, place - view.start);
          kind.at = found < 0 ? Number.POSITIVE_INFINITY : view.start + found;
        }
        first = Math.min(first, kind.at);
      }
      from = place;
      end = view.end;
      return first;
    },
    forget(): void {
      end = -1;
    },
  };
}

function isLineBreak(unit: number): boolean {
  return unit === 10 || unit === 13;
}
