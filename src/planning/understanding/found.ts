import type { Item } from './items.ts';

/** What stands at a place of a message, and how many tokens it takes. */
export interface Found {
  readonly items: readonly (Partial<Item> & Pick<Item, 'kind'>)[];
  readonly length: number;
}
