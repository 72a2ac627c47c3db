import { createHash } from 'node:crypto';
import { ApiError } from './api-error.ts';

/** How often a bucket may be used. */
export interface Limit {
  readonly limit: number;
  readonly windowMs: number;
}

export interface Limits {
  /** Posting and editing messages, for each channel. */
  readonly messages: Limit;
  /** Everything else, for each route and channel or server. */
  readonly others: Limit;
  /** All calls together, in one second. */
  readonly global: number;
}

/** What Discord does, as far as it shows. */
export const realLimits: Limits = {
  messages: { limit: 5, windowMs: 5_000 },
  others: { limit: 10, windowMs: 5_000 },
  global: 50,
};

/** Wide enough never to slow a test down. */
export const wideLimits: Limits = {
  messages: { limit: 1_000, windowMs: 1_000 },
  others: { limit: 1_000, windowMs: 1_000 },
  global: 10_000,
};

/** Counts calls in buckets and answers with the headers Discord sends, or with 429. */
export class RateLimits {
  #limits: Limits;
  readonly #buckets = new Map<string, { used: number; resetAt: number }>();
  #second = { used: 0, resetAt: 0 };

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  set(limits: Limits): void {
    this.#limits = limits;
    this.#buckets.clear();
  }

  /** Uses a bucket up, as if somebody had called that often just now. */
  exhaust(route: string, major: string, forMs: number): void {
    this.#buckets.set(`${route} ${major}`, { used: Number.MAX_SAFE_INTEGER, resetAt: Date.now() + forMs });
  }

  take(route: string, major: string): Record<string, string> {
    const now = Date.now();
    if (now >= this.#second.resetAt) this.#second = { used: 0, resetAt: now + 1_000 };
    this.#second.used += 1;
    if (this.#second.used > this.#limits.global) {
      const seconds = (this.#second.resetAt - now) / 1_000;
      throw limited(seconds, true, { 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' });
    }
    const messages = route === 'POST /channels/:id/messages' || route === 'PATCH /channels/:id/messages/:id';
    const { limit, windowMs } = messages ? this.#limits.messages : this.#limits.others;
    const key = `${route} ${major}`;
    const found = this.#buckets.get(key);
    const bucket = found === undefined || now >= found.resetAt ? { used: 0, resetAt: now + windowMs } : found;
    this.#buckets.set(key, bucket);
    bucket.used += 1;
    const after = (bucket.resetAt - now) / 1_000;
    const headers = {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - bucket.used)),
      'x-ratelimit-reset': String(bucket.resetAt / 1_000),
      'x-ratelimit-reset-after': String(after),
      'x-ratelimit-bucket': createHash('md5').update(route).digest('hex'),
    };
    if (bucket.used > limit) throw limited(after, false, { ...headers, 'x-ratelimit-scope': 'user' });
    return headers;
  }
}

function limited(seconds: number, global: boolean, headers: Record<string, string>): ApiError {
  const error = new ApiError(429, 0, 'You are being rate limited.', {
    headers: { ...headers, 'retry-after': String(Math.max(0.001, seconds)) },
  });
  error.body = () => ({ message: error.message, retry_after: seconds, global });
  return error;
}
