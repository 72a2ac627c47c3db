/**
 * An expected "no", as a value: what happened, why, and what to do. Surprises are exceptions instead.
 */
export interface Refusal {
  readonly ok: false;
  /** Stable, for programs: `stale_hash`, `not_yours`, `already_decided` … */
  readonly code: string;
  /** A full sentence for the person who asked, with what it means and what to do. */
  readonly reason: string;
}

export type Result<T> = { readonly ok: true; readonly value: T } | Refusal;

export function done<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refuse(code: string, reason: string): Refusal {
  return { ok: false, code, reason };
}
