import { createHouse, type House } from '#flow/house.ts';
import type { Config } from '#platform/config/config.ts';

/** Who lives here and how they reach the console, from the configuration. */
export function houseOf({ people, timeZone, console }: Config): House {
  return createHouse(people, { timeZone, publicUrl: console.publicUrl });
}
