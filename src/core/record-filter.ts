import { z } from 'zod';
import { filterNames } from './record-filter-names.ts';
import { Outcome } from './task.ts';

/** What part of the record a question is about. */
export const RecordSubject = z.enum(['failures', 'changes', 'approvals', 'runs', 'retries']);
export type RecordSubject = z.infer<typeof RecordSubject>;

/** Which entries of the record a question finds: what people narrow on the Audit page, and what a link to it carries. */
export const RecordFilter = z.strictObject({
  about: RecordSubject.optional(),
  /** Inclusive, ISO 8601. */
  since: z.string().optional(),
  /** Exclusive, ISO 8601. */
  until: z.string().optional(),
  outcome: z.enum([...Outcome.options, 'refused']).optional(),
  service: z.string().optional(),
  host: z.string().optional(),
  /** A person's id. */
  person: z.string().optional(),
  plan: z.number().int().optional(),
});
export type RecordFilter = z.infer<typeof RecordFilter>;

/** The path of the console's page that shows exactly what a filter finds: `/audit?about=failures&since=…`. */
export function auditPath(filter: RecordFilter): string {
  const query = new URLSearchParams();
  for (const name of filterNames satisfies readonly (keyof RecordFilter)[]) {
    const value = filter[name];
    if (value !== undefined) query.set(name, name === 'plan' ? `P-${value}` : String(value));
  }
  return query.size === 0 ? '/audit' : `/audit?${query.toString()}`;
}
