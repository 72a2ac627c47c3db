/** A sample of a rule as it would really stand there: without the marks around its secrets. */
export function plainSample(sample: string): string {
  return sample.replaceAll(/[«»·]/g, '');
}

/** The secrets marked in a sample. */
export function secretsOf(sample: string): string[] {
  return [...sample.matchAll(/«([^»]*)»/gs)].map((match) => plainSample(match[1] ?? ''));
}
