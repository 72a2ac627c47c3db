import { type Signal, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { StreamMessage } from '#api/contract/house.ts';
import type { Problem } from '#api/contract/problem.ts';
import { call } from './api.ts';
import { connection } from './connection.ts';
import { listen } from './live.ts';

/** What a page knows of one address of the API. */
export interface Known<T> {
  readonly value: T | null;
  /** When the value was answered, ISO 8601; null while there is none. */
  readonly at: string | null;
  /** Why there is nothing newer. */
  readonly problem: Problem | null;
  /** Loading has taken long enough that a skeleton helps. */
  readonly slow: boolean;
}

interface Entry {
  readonly known: Signal<Known<unknown>>;
  asking: boolean;
  again: boolean;
  lastAsked: number;
}

const entries = new Map<string, Entry>();
const quietMs = 120;
/** How long a page waits for the event stream, whose greeting makes it ask, before it asks without one. */
const greetingMs = 250;

const nothingYet: Known<unknown> = { value: null, at: null, problem: null, slow: false };

function entryOf(path: string): Entry {
  const found = entries.get(path);
  if (found) return found;
  const fresh: Entry = {
    known: signal(nothingYet),
    asking: false,
    again: false,
    lastAsked: 0,
  };
  entries.set(path, fresh);
  return fresh;
}

/** Asks again, at most every 120 ms; what was known stays on screen meanwhile. */
export function reload(path: string): void {
  const entry = entryOf(path);
  if (entry.asking) {
    entry.again = true;
    return;
  }
  const wait = Math.max(0, entry.lastAsked + quietMs - Date.now());
  entry.asking = true;
  if (wait === 0) void ask(path, entry);
  else setTimeout(() => void ask(path, entry), wait);
}

async function ask(path: string, entry: Entry): Promise<void> {
  entry.lastAsked = Date.now();
  const slow = setTimeout(() => {
    if (entry.known.peek().value === null) entry.known.value = { ...entry.known.peek(), slow: true };
  }, 300);
  const answer = await call<unknown>('GET', path);
  clearTimeout(slow);
  entry.known.value = answer.ok
    ? { value: answer.value, at: new Date().toISOString(), problem: null, slow: false }
    : { ...entry.known.peek(), problem: answer.problem, slow: false };
  entry.asking = false;
  if (!entry.again) return;
  entry.again = false;
  reload(path);
}

/** Puts a value that is known from elsewhere, such as the answer to a decision. */
export function know<T>(path: string, change: (before: T) => T): void {
  const entry = entryOf(path);
  const before = entry.known.peek().value;
  if (before === null) return;
  entry.known.value = {
    value: change(before as T),
    at: new Date().toISOString(),
    problem: null,
    slow: false,
  };
}

/** Forgets everything, for signing out. */
export function forgetAll(): void {
  entries.clear();
}

/**
 * What is known of an address, kept fresh: asked on arrival, when the event stream (again) greets, and whenever a
 * message arrives that `concerns` it. Several components may share one address; it is asked once.
 */
export function useAnswer<T>(path: string, concerns: (message: StreamMessage) => boolean): Known<T> {
  const entry = entryOf(path);
  const relevant = useRef(concerns);
  relevant.current = concerns;
  useEffect(() => {
    // While the stream is being opened its greeting is about to ask: asking now as well would fetch everything twice.
    const wait = connection.peek().state === 'connecting' ? greetingMs : 0;
    const ungreeted = setTimeout(() => reload(path), wait);
    const stopListening = listen((message) => {
      if (message.type !== 'hello' && !relevant.current(message)) return;
      clearTimeout(ungreeted);
      reload(path);
    });
    return () => {
      clearTimeout(ungreeted);
      stopListening();
    };
  }, [path]);
  return entry.known.value as Known<T>;
}

/** What was known under the address before, until the new one has answered: a list that is narrowed does not flicker. */
export function useSteady<T>(known: Known<T>): Known<T> {
  const last = useRef(known);
  if (known.value !== null || known.problem !== null || known.slow) last.current = known;
  return last.current;
}

/** For addresses that any recorded fact may change. */
export function anyEvent(message: StreamMessage): boolean {
  return message.type === 'event';
}
