import { setTimeout as pause } from 'node:timers/promises';
import type { LedgerTransaction } from '#flow/ledger-port.ts';
import { ledgerTransaction } from './ledger-transaction.ts';
import { isTransactionConflict } from './ledger-unavailable.ts';
import type { PrismaClient } from './prisma-client/client.ts';

/** Two transactions that wait for each other are resolved by PostgreSQL within a second; eight in a row is a defect. */
const mostTries = 8;

/** How long a transaction may wait for a connection, and last: locks are held meanwhile. */
const limits = { maxWait: 10_000, timeout: 60_000 } as const;

/** Runs `work` in one transaction; again from the start when another transaction got in the way. */
export async function transact<T>(
  prisma: PrismaClient,
  work: (tx: LedgerTransaction) => Promise<T>,
): Promise<T> {
  return await untilNoConflict(() => prisma.$transaction((tx) => work(ledgerTransaction(tx)), limits));
}

/** Does something that is a transaction as a whole; again when another transaction got in the way. */
export async function untilNoConflict<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (!isTransactionConflict(error) || tries === mostTries) throw error;
      await pause(Math.random() * 10 * 2 ** tries);
    }
  }
}
