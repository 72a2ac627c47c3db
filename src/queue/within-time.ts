/**
 * The promise's value, or an error with the sentence when it takes longer than `limitMs` milliseconds. The promise itself
 * goes on; what becomes of it later is not reported.
 */
export async function withinTime<T>(promise: Promise<T>, limitMs: number, sentence: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${sentence} within ${limitMs / 1000} s.`)), limitMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
