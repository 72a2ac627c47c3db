/** Whether text has the form of a confirm code: six characters without look-alikes, capitals or not. */
export function looksLikeCode(text: string): boolean {
  return /^[A-HJ-NP-Z2-9]{6}$/i.test(text.trim());
}
