/** A name without what people leave out or write differently: "Pi-hole", "pi hole" and "pihole" are one. */
export function compactName(name: string): string {
  return name.toLowerCase().replace(/[\s._-]+/g, '');
}
