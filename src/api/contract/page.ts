import { z } from 'zod';

/** Where a page of a list begins: the `next` of the page before. */
export const Before = z
  .string()
  .regex(/^(?:[RP]-)?[1-9][0-9]{0,8}$/iu, 'must be the “next” of the page before, such as R-142')
  .optional();
