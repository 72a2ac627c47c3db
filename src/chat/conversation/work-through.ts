/** How many conversations are brought up to date at the same time. */
const atOnce = 4;
/** After an unexpected failure a conversation is tried again after this long, doubled each time. */
const retryMs = { first: 1_000, longest: 60_000 } as const;

/** Conversations that wait to be brought up to date, each at its own time and never twice at once. */
export interface WorkList {
  /** Something about this request changed. */
  touch(request: number): void;
  /** Waits for what is being done about this request at the moment, or could be done at once. */
  settled(request: number): Promise<void>;
  /** Takes nothing new and waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * Brings touched conversations up to date, each as soon as its own pace allows. `work` answers after how many
 * milliseconds it wants to look again, or null.
 */
export function workThrough(
  work: (request: number) => Promise<number | null>,
  onError: (request: number, error: unknown) => void,
): WorkList {
  /** When each is due, in milliseconds of the process's clock. */
  const due = new Map<number, number>();
  /** Before this nothing is to be done about a request, however often it is touched. */
  const notBefore = new Map<number, number>();
  const failures = new Map<number, number>();
  const underWay = new Map<number, Promise<void>>();
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;

  const pump = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (stopped) return;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const [request, at] of [...due].sort((a, b) => a[1] - b[1])) {
      if (underWay.has(request)) continue;
      if (at > now || underWay.size >= atOnce) {
        next = Math.min(next, Math.max(at, now));
        continue;
      }
      due.delete(request);
      underWay.set(request, perform(request));
    }
    if (underWay.size < atOnce && Number.isFinite(next)) timer = setTimeout(pump, Math.ceil(next - now));
  };

  const perform = async (request: number): Promise<void> => {
    let wait: number | null;
    try {
      wait = await work(request);
      failures.delete(request);
    } catch (error) {
      const times = (failures.get(request) ?? 0) + 1;
      failures.set(request, times);
      wait = Math.min(retryMs.longest, retryMs.first * 2 ** (times - 1));
      onError(request, error);
    }
    underWay.delete(request);
    if (wait === null) notBefore.delete(request);
    else {
      const at = performance.now() + wait;
      notBefore.set(request, at);
      due.set(request, at);
    }
    pump();
  };

  const touch = (request: number): void => {
    const at = Math.max(performance.now(), notBefore.get(request) ?? 0);
    due.set(request, Math.min(due.get(request) ?? at, at));
    pump();
  };

  return {
    touch,
    settled: async (request) => {
      touch(request);
      await underWay.get(request);
    },
    stop: async () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await Promise.allSettled(underWay.values());
    },
  };
}
