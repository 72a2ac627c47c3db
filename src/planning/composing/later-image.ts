/**
 * Whether an image is a later version of another: the same repository, tags that read as versions of the same shape, and
 * a greater number at the first difference. Anything else is "no": a guess could be a downgrade.
 */
export function isLaterImage(candidate: string, current: string): boolean {
  const [a, b] = [apart(candidate), apart(current)];
  if (!a || !b || a.repository !== b.repository) return false;
  if (a.shape !== b.shape) return false;
  for (const [i, number] of a.numbers.entries()) {
    const other = b.numbers[i] ?? 0;
    if (number !== other) return number > other;
  }
  return false;
}

function apart(image: string): { repository: string; shape: string; numbers: readonly number[] } | null {
  const match = /^(.+):([\w.-]+)$/.exec(image.replace(/@sha256:[0-9a-f]+$/, ''));
  const [, repository = '', tag = ''] = match ?? [];
  const version = /^(.*?)(\d+(?:\.\d+)*)(.*)$/.exec(tag);
  if (!version) return null;
  const [, before = '', numbers = '', after = ''] = version;
  return {
    repository: repositoryOf(repository),
    // "v1.2" and "v1.3" compare; "1.2" and "1.3-alpine" or "sha-1" don't.
    shape: `${before}|${numbers.split('.').length}|${after}`,
    numbers: numbers.split('.').map(Number),
  };
}

/** The part of an image's name that says which one it is: "nextcloud" of "docker.io/library/nextcloud:30". */
export function repositoryOf(image: string): string {
  return image
    .replace(/@sha256:[0-9a-f]+$/, '')
    .replace(/:[\w.-]+$/, '')
    .replace(/^docker\.io\//, '')
    .replace(/^library\//, '');
}
