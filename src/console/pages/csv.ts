import type { AuditRow } from '#api/contract/requests.ts';

const columns = [
  'id',
  'at',
  'kind',
  'actor',
  'plan',
  'run',
  'host',
  'service',
  'outcome',
  'summary',
  'stream',
  'seq',
  'hash',
] as const satisfies readonly (keyof AuditRow)[];

/** Rows of the record as CSV (RFC 4180), with a head line. */
export function auditCsv(rows: readonly AuditRow[]): string {
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

/** Rows of the record as one JSON object a line. */
export function auditNdjson(rows: readonly AuditRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  // A spreadsheet would run text that begins like a formula; an apostrophe makes it text.
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
