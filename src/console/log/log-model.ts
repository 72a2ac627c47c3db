import type { RunLog } from '#api/contract/runs.ts';
import { plainStyle, plainText, readAnsi, type Span, type Style } from './ansi.ts';

export type LogChunk = RunLog['chunks'][number];

/** One line of output. A line that has not ended yet may still change. */
export interface LogLine {
  /** From 1, within its group. */
  readonly number: number;
  readonly at: string;
  readonly stream: LogChunk['stream'];
  readonly spans: readonly Span[];
  readonly text: string;
}

/** The output of one attempt of one task. */
export interface LogGroup {
  /** `taskId/attempt`. */
  readonly key: string;
  readonly taskId: string;
  readonly stepId: string;
  readonly attempt: number;
  readonly lines: LogLine[];
}

/** Lines of a group that are new or changed, from this index on. */
export interface Change {
  readonly group: LogGroup;
  readonly from: number;
}

interface OpenLine {
  index: number;
  raw: string;
  style: Style;
}

/** A run's output as lines in groups, built from chunks that may end anywhere, also in the middle of a line. */
export class LogModel {
  readonly groups: LogGroup[] = [];
  readonly #byKey = new Map<string, LogGroup>();
  readonly #open = new Map<string, OpenLine>();
  readonly #dirty = new Map<LogGroup, number>();

  /** How many lines there are in all. */
  get lineCount(): number {
    return this.groups.reduce((sum, group) => sum + group.lines.length, 0);
  }

  /** Adds output. Chunks must come in order. */
  take(chunks: readonly LogChunk[]): void {
    for (const chunk of chunks) this.#takeOne(chunk);
  }

  /** What changed since this was asked last. */
  drain(): Change[] {
    const changes = [...this.#dirty].map(([group, from]) => ({ group, from }));
    this.#dirty.clear();
    return changes;
  }

  /** The last attempt's group of a step, if it has said anything. */
  lastOf(stepId: string): LogGroup | undefined {
    return this.groups.findLast((group) => group.stepId === stepId);
  }

  #takeOne(chunk: LogChunk): void {
    const group = this.#groupOf(chunk);
    const openKey = `${group.key} ${chunk.stream}`;
    const pieces = chunk.text.split('\n');
    pieces.forEach((piece, index) => {
      const ends = index < pieces.length - 1;
      let open = this.#open.get(openKey);
      if (piece === '' && !ends) return;
      if (!open || open.index === -1) {
        open = { index: group.lines.length, raw: '', style: open?.style ?? plainStyle };
        this.#open.set(openKey, open);
      }
      this.#write(group, open, chunk, piece, ends);
    });
  }

  #write(group: LogGroup, open: OpenLine, chunk: LogChunk, piece: string, ends: boolean): void {
    open.raw += piece;
    // A progress bar redraws its line after a carriage return: only its last state is kept.
    const states = open.raw
      .split('\r')
      .filter((state, index, all) => state !== '' || all.length === index + 1);
    const last = states.at(-1) === '' ? Math.max(0, states.length - 2) : states.length - 1;
    for (const passed of states.slice(0, last)) open.style = readAnsi(passed, open.style).end;
    open.raw = states.slice(last).join('\r');
    const { spans, end } = readAnsi(states[last] ?? '', open.style);
    const known = group.lines[open.index];
    group.lines[open.index] = {
      number: open.index + 1,
      at: known?.at ?? chunk.at,
      stream: chunk.stream,
      spans,
      text: plainText(spans),
    };
    this.#dirty.set(group, Math.min(this.#dirty.get(group) ?? Number.POSITIVE_INFINITY, open.index));
    if (!ends) return;
    open.index = -1;
    open.raw = '';
    open.style = end;
  }

  #groupOf(chunk: LogChunk): LogGroup {
    const key = `${chunk.taskId}/${chunk.attempt}`;
    const known = this.#byKey.get(key);
    if (known) return known;
    const group: LogGroup = {
      key,
      taskId: chunk.taskId,
      stepId: chunk.stepId,
      attempt: chunk.attempt,
      lines: [],
    };
    this.#byKey.set(key, group);
    this.groups.push(group);
    return group;
  }
}
