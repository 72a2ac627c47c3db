/** The parts of a filter of the record, in the order in which they are said. Apart from the filter, so that the console need not bring zod along. */
export const filterNames = [
  'about',
  'outcome',
  'service',
  'host',
  'person',
  'plan',
  'since',
  'until',
] as const;
