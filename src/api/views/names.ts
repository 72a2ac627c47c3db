/** Numbers as people and programs see them. */
export const requestName = (id: number): string => `R-${id}`;
export const planName = (id: number): string => `P-${id}`;

/** The number in `R-142`, `P-142` or `142`; null for anything else. */
export function numberIn(name: string): number | null {
  const digits = /^(?:[RP]-)?([1-9][0-9]{0,8})$/iu.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}
