import { filterNames } from '#core/record-filter-names.ts';

export type AuditFilter = (typeof filterNames)[number];

/** Turns the page's address into the API's question. Days are whole days of the viewer; "7d" counts back from now. */
export function auditQuery(address: URLSearchParams): string {
  const query = new URLSearchParams();
  for (const name of filterNames) {
    const value = address.get(name)?.trim();
    if (value) query.set(name, moment(name, value));
  }
  query.set('limit', '100');
  return query.toString();
}

function moment(name: AuditFilter, value: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return value;
  const start = new Date(`${value}T00:00:00`);
  if (name === 'until') start.setDate(start.getDate() + 1);
  return name === 'since' || name === 'until' ? start.toISOString() : value;
}

/** Changes one filter in an address. */
export function withFilter(address: URLSearchParams, name: AuditFilter, value: string): string {
  const next = new URLSearchParams(address);
  // The words that a filter came from no longer say what is shown.
  next.delete('q');
  if (value === '') next.delete(name);
  else next.set(name, value);
  return next.size === 0 ? '/audit' : `/audit?${next}`;
}
