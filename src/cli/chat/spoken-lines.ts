import { createInterface } from 'node:readline';

/** What somebody types, line by line, whether at a terminal or through a pipe. */
export interface SpokenLines {
  /** Shows that it is the person's turn. */
  prompt(): void;
  /** The next line; null when they left: by Ctrl+D, by Ctrl+C at the prompt, or at the end of the pipe. */
  next(): Promise<string | null>;
  /** Takes the line that waits next if it fits; for words that must not wait for their turn. */
  takeIf(fits: (line: string) => boolean): boolean;
  /** Until it is over, Ctrl+C ends the work under way instead of the talk. */
  watch(): { readonly signal: AbortSignal; over(): void };
  /** Ends the talk and whatever is being watched. */
  close(): void;
}

export function listenToLines(streams: {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}): SpokenLines {
  const { input, output } = streams;
  const reader = createInterface({ input, ...(input.isTTY ? { output } : {}), prompt: '> ' });
  const waiting: string[] = [];
  let ended = false;
  let wake = (): void => {};
  let watched: AbortController | null = null;
  reader.on('line', (line) => {
    waiting.push(line.trim());
    wake();
  });
  reader.on('close', () => {
    ended = true;
    wake();
  });
  reader.on('SIGINT', () => {
    if (watched === null) reader.close();
    else watched.abort();
  });
  return {
    prompt() {
      if (!ended && input.isTTY) reader.prompt();
    },
    async next() {
      while (waiting.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return waiting.shift() ?? null;
    },
    takeIf(fits) {
      if (waiting[0] === undefined || !fits(waiting[0])) return false;
      waiting.shift();
      return true;
    },
    watch() {
      const mine = new AbortController();
      watched = mine;
      return {
        signal: mine.signal,
        over: () => {
          watched = null;
        },
      };
    },
    close() {
      waiting.length = 0;
      watched?.abort();
      reader.close();
    },
  };
}
