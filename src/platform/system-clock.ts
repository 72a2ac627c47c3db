import { randomUUID } from 'node:crypto';

/** The real time and real random names. */
export const systemClock = {
  now: (): Date => new Date(),
  freshId: (): string => randomUUID(),
};
