import { signal } from '@preact/signals';
import type { Problem } from '#api/contract/problem.ts';

/** Why the token of a sign-in link was not taken. */
export const signInProblem = signal<Problem | null>(null);
