import { type GroupHead, GroupView } from './group-view.ts';
import type { LineLink } from './line-link.ts';
import type { LogGroup, LogModel } from './log-model.ts';

/** What the view tells the panel around it. */
export interface LogViewEvents {
  /** Following was switched on or off, or lines arrived while it was off. */
  followChanged(following: boolean, unseen: number): void;
  /** A line number was pressed; `extend` with the shift key. */
  linePressed(group: LogGroup, line: number, extend: boolean): void;
}

/** How times stand in the gutter. */
export type TimeMode = 'off' | 'clock' | 'elapsed';

/**
 * Draws a log into a scrolling box by hand: ten thousand lines are cheap as plain elements and dear as components.
 * It scrolls only its own box, never the page.
 */
export class LogView {
  readonly #box: HTMLElement;
  readonly #events: LogViewEvents;
  readonly #views = new Map<string, GroupView>();
  readonly #stop = new AbortController();
  #following = false;
  #unseen = 0;
  #scrollingItself = false;

  constructor(box: HTMLElement, events: LogViewEvents) {
    this.#box = box;
    this.#events = events;
  }

  /** Watches for the reader's own scrolling, which ends following. */
  start(): void {
    const { signal } = this.#stop;
    const leave = () => this.follow(false);
    this.#box.addEventListener('wheel', (event) => event.deltaY < 0 && leave(), { signal, passive: true });
    this.#box.addEventListener('touchmove', leave, { signal, passive: true });
    this.#box.addEventListener(
      'keydown',
      (event) => ['ArrowUp', 'PageUp', 'Home'].includes(event.key) && leave(),
      { signal },
    );
    document.addEventListener(
      'selectionchange',
      () => {
        const selection = document.getSelection();
        if (selection && !selection.isCollapsed && this.#box.contains(selection.anchorNode)) leave();
      },
      { signal },
    );
    this.#box.addEventListener('scroll', () => this.#scrolled(), { signal, passive: true });
    this.#box.addEventListener('click', (event) => this.#clicked(event), { signal });
  }

  /** Lets go of everything. */
  stop(): void {
    this.#stop.abort();
    for (const view of this.#views.values()) view.remove();
    this.#views.clear();
  }

  /** Draws what is new. `headOf` gives a group its heading and says whether it starts out open. */
  draw(model: LogModel, headOf: (group: LogGroup) => GroupHead, mode: TimeMode): void {
    let added = 0;
    for (const { group, from } of model.drain()) {
      const view = this.#viewOf(group, headOf(group));
      added += view.draw(from, mode);
    }
    for (const group of model.groups) this.#viewOf(group, headOf(group)).setHead(headOf(group));
    if (this.#following) this.#toEnd();
    else if (added > 0) {
      this.#unseen += added;
      this.#events.followChanged(false, this.#unseen);
    }
  }

  /** Writes the times anew after the mode changed. */
  setTimes(mode: TimeMode): void {
    for (const view of this.#views.values()) view.setTimes(mode);
  }

  /** Keeps the newest line in sight, or leaves the box where the reader put it. */
  follow(on: boolean): void {
    if (on === this.#following && !on) return;
    this.#following = on;
    this.#unseen = 0;
    if (on) this.#toEnd();
    this.#events.followChanged(on, 0);
  }

  /** Forgets what the reader opened and folded: each group is again as its heading suggests. */
  foldAsSuggested(): void {
    for (const view of this.#views.values()) view.forgetTouch();
  }

  /** Marks lines and brings them into the box's middle. */
  mark(groupKey: string, link: Pick<LineLink, 'from' | 'to'>, how: 'linked' | 'found'): void {
    for (const marked of this.#box.querySelectorAll(`.log-${how}`)) marked.classList.remove(`log-${how}`);
    const view = this.#views.get(groupKey);
    if (!view) return;
    this.follow(false);
    view.setOpen(true);
    const elements = view.reveal(link.from, link.to);
    for (const element of elements) element.classList.add(`log-${how}`);
    const first = elements[0];
    if (!first) return;
    const offset = first.getBoundingClientRect().top - this.#box.getBoundingClientRect().top;
    this.#scrollTo(this.#box.scrollTop + offset - this.#box.clientHeight / 3);
  }

  /** Takes away the marks of a search. */
  unmark(how: 'linked' | 'found'): void {
    for (const marked of this.#box.querySelectorAll(`.log-${how}`)) marked.classList.remove(`log-${how}`);
  }

  #viewOf(group: LogGroup, head: GroupHead): GroupView {
    const known = this.#views.get(group.key);
    if (known) return known;
    const view = new GroupView(group, head);
    this.#views.set(group.key, view);
    this.#box.append(view.element);
    return view;
  }

  #toEnd(): void {
    this.#scrollTo(this.#box.scrollHeight);
  }

  #scrollTo(top: number): void {
    this.#scrollingItself = true;
    this.#box.scrollTop = top;
    requestAnimationFrame(() => {
      this.#scrollingItself = false;
    });
  }

  #scrolled(): void {
    if (this.#scrollingItself || this.#following || this.#unseen === 0) return;
    const below = this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight;
    if (below < 4) {
      this.#unseen = 0;
      this.#events.followChanged(false, 0);
    }
  }

  #clicked(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>('.log-n') : null;
    if (!link) return;
    event.preventDefault();
    for (const view of this.#views.values()) {
      const line = view.numberOf(link);
      if (line !== null) this.#events.linePressed(view.group, line, event.shiftKey);
    }
  }
}
