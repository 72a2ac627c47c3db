import { classesOf } from './ansi.ts';
import { lineTime } from './line-time.ts';
import type { LogGroup, LogLine } from './log-model.ts';
import type { TimeMode } from './log-view.ts';

/** What stands over a group. */
export interface GroupHead {
  /** "4 Recreate container · try 2 of 3". */
  readonly title: string;
  /** The state's symbol, word and duration: "✕ Failed 6.1 s". */
  readonly state: string;
  readonly family: string;
  /** Whether it starts out open: running and failed ones do. */
  readonly open: boolean;
}

const chunkLines = 200;
/** Above this many lines the middle of a group leaves the page… */
const mostLines = 20_000;
/** …and this many stay at its start and end. */
const keptAtStart = 500;
const keptAtEnd = 10_000;
/** A line without an end (a disk image on stdout) would freeze the page; the download has it whole. */
const mostCharacters = 10_000;

/** One group of a log on the page: a heading that folds, and lines in chunks of two hundred. */
export class GroupView {
  readonly element = document.createElement('section');
  readonly group: LogGroup;
  readonly #button = document.createElement('button');
  readonly #title = document.createElement('span');
  readonly #state = document.createElement('span');
  readonly #body = document.createElement('div');
  readonly #lines: (HTMLElement | undefined)[] = [];
  #gap: { button: HTMLButtonElement; from: number; to: number } | null = null;
  #whole = false;
  #open = false;
  #touched = false;
  #mode: TimeMode = 'off';

  constructor(group: LogGroup, head: GroupHead) {
    this.group = group;
    this.element.className = 'log-group';
    this.#button.type = 'button';
    this.#button.className = 'log-head';
    this.#title.className = 'log-title';
    this.#state.className = 'log-state';
    this.#button.append(this.#title, this.#state);
    this.#button.addEventListener('click', () => {
      this.#touched = true;
      this.#show(!this.#open);
    });
    this.#body.className = 'log-body';
    // The browser's own find looks into folded groups and unfolds them.
    this.#body.addEventListener('beforematch', () => this.#show(true));
    this.element.append(this.#button, this.#body);
    this.#show(head.open);
    this.setHead(head);
  }

  /** Takes the group off the page. */
  remove(): void {
    this.element.remove();
  }

  /** Changes the heading; a group nobody touched folds and unfolds with its state. */
  setHead(head: GroupHead): void {
    if (this.#title.textContent !== head.title) this.#title.textContent = head.title;
    if (this.#state.textContent !== head.state) this.#state.textContent = head.state;
    this.#state.className = `log-state family-${head.family}`;
    if (!this.#touched && head.open !== this.#open) this.#show(head.open);
  }

  /** Opens or folds it for good. */
  setOpen(open: boolean): void {
    this.#touched = true;
    this.#show(open);
  }

  /** Lets the next heading decide again whether it is open. */
  forgetTouch(): void {
    this.#touched = false;
  }

  /** Draws the lines from an index on; returns how many are new. */
  draw(from: number, mode: TimeMode): number {
    this.#mode = mode;
    const before = this.#lines.length;
    for (let index = from; index < this.group.lines.length; index++) {
      const line = this.group.lines[index];
      if (!line) continue;
      const known = this.#lines[index];
      if (known) fill(known, line);
      else if (index >= before) this.#append(index, line);
    }
    this.#trim();
    return Math.max(0, this.#lines.length - before);
  }

  /** Writes the times of every line anew. */
  setTimes(mode: TimeMode): void {
    this.#mode = mode;
    this.#lines.forEach((element, index) => {
      const line = this.group.lines[index];
      if (element && line) setTime(element, line, this.group, mode);
    });
  }

  /** The elements of lines by number, brought back to the page if they had left it. */
  reveal(from: number, to: number): HTMLElement[] {
    if (this.#gap && to > this.#gap.from && from <= this.#gap.to) this.#fillGap();
    return this.#lines.slice(from - 1, to).filter((element) => element !== undefined);
  }

  /** The number of the line a gutter link belongs to; null when it is another group's. */
  numberOf(link: HTMLElement): number | null {
    return this.#body.contains(link) ? Number(link.dataset['n']) : null;
  }

  #show(open: boolean): void {
    this.#open = open;
    this.#button.setAttribute('aria-expanded', String(open));
    if (open) this.#body.removeAttribute('hidden');
    else this.#body.setAttribute('hidden', 'until-found');
  }

  #append(index: number, line: LogLine): void {
    let chunk = this.#body.lastElementChild;
    if (!(chunk instanceof HTMLDivElement) || chunk.childElementCount >= chunkLines) {
      chunk = newChunk();
      this.#body.append(chunk);
    }
    chunk.append(this.#newLine(index, line));
  }

  #newLine(index: number, line: LogLine): HTMLElement {
    const element = document.createElement('div');
    const link = document.createElement('a');
    link.className = 'log-n';
    link.href = '#';
    link.tabIndex = -1;
    link.dataset['n'] = String(line.number);
    link.setAttribute('aria-label', `Link to line ${line.number}`);
    const text = document.createElement('span');
    text.className = 'log-text';
    element.append(link, text);
    setTime(element, line, this.group, this.#mode);
    fill(element, line);
    this.#lines[index] = element;
    return element;
  }

  #trim(): void {
    const end = this.#lines.length;
    const shown = this.#gap ? end - this.#gap.to + keptAtStart : end;
    if (this.#whole || shown <= mostLines) return;
    const from = this.#gap?.to ?? keptAtStart;
    const to = end - keptAtEnd;
    for (let index = from; index < to; index++) {
      const element = this.#lines[index];
      const chunk = element?.parentElement;
      element?.remove();
      if (chunk && chunk.childElementCount === 0) chunk.remove();
      this.#lines[index] = undefined;
    }
    this.#gap ??= { button: this.#newGap(), from: keptAtStart, to };
    this.#gap.to = to;
    const count = new Intl.NumberFormat('en').format(to - keptAtStart);
    this.#gap.button.textContent = `Show ${count} lines between`;
  }

  #newGap(): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'log-gap';
    button.addEventListener('click', () => this.#fillGap());
    const last = this.#lines[keptAtStart - 1]?.parentElement;
    last?.after(button);
    return button;
  }

  #fillGap(): void {
    const gap = this.#gap;
    if (!gap) return;
    this.#whole = true;
    this.#gap = null;
    for (let start = gap.from; start < gap.to; start += chunkLines) {
      const chunk = newChunk();
      for (let index = start; index < Math.min(gap.to, start + chunkLines); index++) {
        const line = this.group.lines[index];
        if (line) chunk.append(this.#newLine(index, line));
      }
      gap.button.before(chunk);
    }
    gap.button.remove();
  }
}

function newChunk(): HTMLDivElement {
  const chunk = document.createElement('div');
  chunk.className = 'log-chunk';
  return chunk;
}

function fill(element: HTMLElement, line: LogLine): void {
  element.className = `log-line log-${line.stream}`;
  const text = element.querySelector('.log-text');
  if (!text) return;
  let room = mostCharacters;
  const parts: (Node | string)[] = [];
  for (const span of line.spans) {
    if (room <= 0) break;
    const shown = span.text.slice(0, room);
    room -= shown.length;
    const classes = classesOf(span.style);
    parts.push(classes === '' ? shown : coloured(shown, classes));
  }
  if (room <= 0) parts.push(` … ${line.text.length - mostCharacters} more characters, in the download`);
  text.replaceChildren(...parts);
}

function coloured(text: string, classes: string): HTMLElement {
  const element = document.createElement('span');
  element.className = classes;
  element.append(text);
  return element;
}

function setTime(element: HTMLElement, line: LogLine, group: LogGroup, mode: TimeMode): void {
  const first = group.lines[0];
  const link = element.firstElementChild;
  if (link instanceof HTMLElement) link.dataset['time'] = lineTime(line.at, first?.at ?? line.at, mode);
}
