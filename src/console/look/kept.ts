/** What this device kept under a name; null when there is nothing, or when the browser keeps nothing for this page. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`chiffon.${name}`);
  } catch {
    return null;
  }
}

/** Keeps something on this device. Where the browser forbids that it lasts as long as the page. */
export function keep(name: string, text: string): void {
  try {
    localStorage.setItem(`chiffon.${name}`, text);
  } catch {
    // Blocked or full: nothing depends on it.
  }
}
