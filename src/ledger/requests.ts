import { finalRunStates } from '#core/task.ts';
import type { Ledger, LedgerTransaction, RequestRow } from '#flow/ledger-port.ts';
import { Prisma, type PrismaClient } from './prisma-client/client.ts';
import { toRequest } from './row-forms.ts';
import { storable, storableJson, visible, visibleJson } from './storable-text.ts';

type RequestPage = Parameters<Ledger['requests']>[0];
type Filter = NonNullable<RequestPage['filter']>;

export async function insertRequest(
  tx: Prisma.TransactionClient,
  row: Parameters<LedgerTransaction['insertRequest']>[0],
): Promise<RequestRow> {
  const [next] = await tx.$queryRaw<{ id: number }[]>`SELECT nextval('requests_id_seq')::integer AS id`;
  if (next === undefined) throw new Error('the sequence of requests gave no number');
  const request = await tx.request.create({
    data: {
      id: next.id,
      thread: storable(row.thread ?? `request-${next.id}`, 'name of the thread'),
      text: storable(row.text, 'request'),
      person: row.person,
      surface: row.surface,
    },
  });
  return toRequest(request);
}

export async function answerRequest(
  tx: Prisma.TransactionClient,
  id: number,
  answer: Parameters<LedgerTransaction['answerRequest']>[1],
): Promise<void> {
  await tx.request.update({
    where: { id },
    data: {
      state: answer.state,
      reply: answer.reply === null ? null : visible(answer.reply),
      ...(answer.choices && { choices: json(answer.choices) }),
      ...(answer.suggestions && { suggestions: json(answer.suggestions) }),
      ...(answer.intents && { intents: json(answer.intents) }),
      ...(answer.answer && { answer: json(visibleJson(answer.answer)) }),
    },
  });
}

/** A compare-and-set on the state: of two answers at the same instant one counts. */
export async function closeQuestion(tx: Prisma.TransactionClient, id: number): Promise<boolean> {
  const { count } = await tx.request.updateMany({
    where: { id, state: 'question' },
    data: { state: 'answered', choices: [] },
  });
  return count === 1;
}

export async function readRequest(prisma: PrismaClient, id: number): Promise<RequestRow | null> {
  if (!isRowNumber(id)) return null;
  const row = await prisma.request.findUnique({ where: { id } });
  return row && toRequest(row);
}

export async function readRequests(prisma: PrismaClient, page: RequestPage): Promise<readonly RequestRow[]> {
  const rows = await prisma.request.findMany({
    where: {
      AND: [
        page.before === undefined ? {} : { id: { lt: page.before } },
        page.person === undefined ? {} : { person: page.person },
        page.thread === undefined ? {} : { thread: visible(page.thread) },
        page.filter === undefined ? {} : filters[page.filter],
        page.text === undefined || page.text === '' ? {} : containing(visible(page.text)),
      ],
    },
    orderBy: { id: 'desc' },
    take: page.limit,
  });
  return rows.map(toRequest);
}

export async function countRequests(prisma: PrismaClient): ReturnType<Ledger['requestCounts']> {
  const [all, needsYou, running, failed] = await Promise.all([
    prisma.request.count(),
    prisma.request.count({ where: filters.needs_you }),
    prisma.request.count({ where: filters.running }),
    prisma.request.count({ where: filters.failed }),
  ]);
  return { all, needsYou, running, failed };
}

export async function readOpenQuestion(prisma: PrismaClient, thread: string): Promise<RequestRow | null> {
  const row = await prisma.request.findFirst({
    where: { thread: visible(thread), state: 'question' },
    orderBy: { id: 'desc' },
  });
  return row && toRequest(row);
}

/** Whether a number can name a request or plan at all: they are 32-bit integers. */
export function isRowNumber(id: number): boolean {
  return Number.isInteger(id) && id > 0 && id <= 2_147_483_647;
}

/** What the chips above the list of requests mean. */
const filters: Readonly<Record<Filter, Prisma.RequestWhereInput>> = {
  needs_you: {
    OR: [
      { state: 'question' },
      { plan: { state: 'awaiting_approval' } },
      { plan: { runs: { some: { state: { in: ['review', 'escalated'] } } } } },
      // What gave up calls for somebody, and stays here until somebody is on it.
      { alerts: { some: { acknowledgedAt: null } } },
    ],
  },
  running: {
    OR: [
      { plan: { state: { in: ['drafting', 'changes_requested'] } } },
      { plan: { runs: { some: { state: { in: ['pending', 'running', 'blocked', 'waiting_retry'] } } } } },
    ],
  },
  // A run that failed and nothing newer that is under way or went well.
  failed: {
    plan: {
      runs: {
        some: { state: 'failed' },
        none: { state: { notIn: finalRunStates.filter((state) => state !== 'completed') } },
      },
    },
  },
};

function containing(words: string): Prisma.RequestWhereInput {
  // Prisma hands the words to LIKE as they are; in there, these three mean something.
  const literal = words.replaceAll(/[\\%_]/g, String.raw`\$&`);
  const contains = { contains: literal, mode: 'insensitive' } as const;
  return { OR: [{ text: contains }, { reply: contains }, { plan: { title: contains } }] };
}

function json(value: unknown): Prisma.InputJsonValue {
  return storableJson(value, 'answer') as Prisma.InputJsonValue;
}
