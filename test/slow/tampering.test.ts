import { beforeAll, expect, test } from 'vitest';
import { fillRecord, tamperEverywhere } from '../ledger/house-of-tampering.ts';
import { trailHouseForTests } from '../ledger/house-of-trails.ts';

/** Places for each kind of tampering; CHIFFON_TAMPER_POSITIONS=1000 is the long version, which takes some minutes. */
const positions = Number(process.env['CHIFFON_TAMPER_POSITIONS'] ?? 50);
const streams = 4;
/** One more than is tampered with, so that there is always something behind. */
const length = Math.ceil(positions / streams) + 1;

const house = trailHouseForTests();
beforeAll(async () => {
  const perRound = Math.ceil(length / 5);
  await fillRecord(house(), { streams, rounds: 5, perRound });
}, 600_000);

test(`twelve kinds of tampering at ${positions} places each are all found`, {
  timeout: 3_600_000,
}, async () => {
  const { events } = await house().ledger.verify();
  const spots = Array.from({ length: positions }, (_, i) => ({
    stream: `host:${i % streams}`,
    seq: Math.floor(i / streams) + 1,
    length: events / streams,
  }));
  const startedAt = performance.now();
  const { done, missed } = await tamperEverywhere(house(), spots);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(`${done} times tampered in ${events} events, ${missed.length} missed, ${seconds} s`);
  expect(missed).toEqual([]);
  // Nothing lies before the first event of a stream, so there is no older dump to restore there.
  expect(done).toBe(12 * positions - streams);
});
