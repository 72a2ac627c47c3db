import type { Client, Pool } from 'pg';

/** How often the coming months are looked after while Chiffon runs, in milliseconds; they are prepared three ahead. */
const everyMs = 12 * 60 * 60_000;

/**
 * Prepares the tables of this month and of those to come. Not done where somebody reads the events for so long that
 * others would have to wait: an event is stored all the same, and the next time does it.
 */
export async function prepareEventMonths(client: Client | Pool): Promise<void> {
  try {
    await client.query('SELECT prepare_event_months()');
  } catch (error) {
    if ((error as { code?: unknown }).code !== lockNotAvailable) throw error;
  }
}

/** SQLSTATE of a lock that wasn't free in time. */
const lockNotAvailable = '55P03';

/** Prepares them again and again; answers how to stop. A database that is away is tried the next time. */
export function keepEventMonths(pool: Pool): () => void {
  const timer = setInterval(() => void prepareEventMonths(pool).catch(() => {}), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
