/**
 * Thrown by every call of the ledger while PostgreSQL can't be reached. Nothing is half-stored: what wasn't committed
 * isn't there. The ledger reconnects by itself, so the same call works again once the server is back.
 */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
  readonly code = 'ledger_unavailable';

  constructor(cause: unknown) {
    super(
      `The database doesn't answer (${reasonOf(cause)}). Nothing is recorded and nothing runs until it is back; Chiffon reconnects by itself.`,
      { cause },
    );
  }
}

/** Turns the loss of a connection into `LedgerUnavailable` and hands on everything else as it is. */
export function asLedgerError(error: unknown): unknown {
  if (error instanceof LedgerUnavailable) return error;
  return errorChain(error).some(isConnectionLoss) ? new LedgerUnavailable(error) : error;
}

/** Whether PostgreSQL undid the transaction because of another one at the same time, so that it may be tried again. */
export function isTransactionConflict(error: unknown): boolean {
  return errorChain(error).some(
    ({ code, kind }) => ['40001', '40P01', 'P2034'].includes(code) || kind === 'TransactionWriteConflict',
  );
}

/**
 * What Node, `pg` and Prisma call a connection that can't be had or was lost. SQLSTATE classes 08 (connection
 * exception), 57P (operator intervention: shutdown, crash, starting up) and 53300 (too many connections) are
 * PostgreSQL's (appendix A of its manual); P1xxx, P2024, P2028 (a transaction
 * that got no connection, or outlasted its time) and P2037 are in Prisma's error reference.
 */
const lossCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  'P1001',
  'P1002',
  'P1017',
  'P2024',
  'P2028',
  'P2037',
]);

const lossKinds: ReadonlySet<string> = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);

/** Sentences of `pg` and `pg-pool` for the same, which carry no code. */
const lossWords =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired|Client was closed|Query read timeout|Server has closed the connection|Can't reach database server)/;

interface Link {
  readonly code: string;
  readonly kind: string;
  readonly message: string;
}

function isConnectionLoss({ code, kind, message }: Link): boolean {
  return lossCodes.has(code) || code.startsWith('08') || lossKinds.has(kind) || lossWords.test(message);
}

/** The error and what it says caused it, at most eight deep: Prisma keeps the driver's error under `meta`. */
function errorChain(error: unknown): readonly Link[] {
  const links: Link[] = [];
  let queue: readonly unknown[] = [error];
  for (let depth = 0; depth < 8 && queue.length > 0; depth += 1) {
    const parts = queue.filter(
      (part): part is Record<string, unknown> => typeof part === 'object' && part !== null,
    );
    for (const part of parts) {
      for (const code of [part['code'], part['originalCode']])
        links.push(link(code, part['kind'], part['message']));
    }
    queue = parts.flatMap((part) => [
      part['cause'],
      (part['meta'] as Record<string, unknown> | undefined)?.['driverAdapterError'],
      ...(part instanceof AggregateError ? part.errors : []),
    ]);
  }
  return links;
}

function link(code: unknown, kind: unknown, message: unknown): Link {
  return { code: text(code), kind: text(kind), message: text(message) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function reasonOf(cause: unknown): string {
  const links = errorChain(cause);
  const named = links.find(isConnectionLoss);
  return named?.code || named?.message || named?.kind || 'no reason given';
}
