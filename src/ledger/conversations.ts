import type { Surface } from '#core/person.ts';
import type {
  ChannelState,
  ConversationRecord,
  ConversationRow,
  NewPost,
  PostKind,
  PostRow,
} from '#flow/conversation-record.ts';
import type * as Stored from './prisma-client/client.ts';
import type { Prisma, PrismaClient } from './prisma-client/client.ts';
import { visible } from './storable-text.ts';

/** Events of a platform older than this many days are forgotten: no platform delivers one again after so long. */
const heardForDays = 30;

/** The conversations of the ledger, on its connections. */
export function conversationRecord(prisma: PrismaClient): ConversationRecord {
  return {
    conversation: async (surface, request) => {
      const row = await prisma.conversation.findUnique({
        where: { surface_requestId: { surface, requestId: request } },
      });
      return row && toConversation(row);
    },
    conversationIn: async (surface, thread) => {
      const row = await prisma.conversation.findFirst({
        where: { surface, thread: visible(thread) },
        orderBy: { requestId: 'desc' },
      });
      return row && toConversation(row);
    },
    saveConversation: (row) => saveConversation(prisma, row),
    posts: async (surface, request) => {
      const rows = await prisma.post.findMany({
        where: { surface, requestId: request },
        orderBy: { id: 'asc' },
      });
      return rows.map(toPost);
    },
    addPosts: (surface, request, posts) => addPosts(prisma, surface, request, posts),
    updatePost: async (id, change) => {
      const { postedAt, ...rest } = change;
      await prisma.post.update({
        where: { id },
        data: { ...rest, ...(postedAt === undefined ? {} : { postedAt: postedAt && new Date(postedAt) }) },
      });
    },
    postOf: async (surface, message) => {
      const row = await prisma.post.findFirst({ where: { surface, message: visible(message) } });
      return row && toPost(row);
    },
    openConversations: async (surface) => {
      const rows = await prisma.post.findMany({
        where: { surface, state: { in: ['waiting', 'posted'] }, conversation: { lost: null } },
        distinct: ['requestId'],
        select: { requestId: true },
        orderBy: { requestId: 'asc' },
      });
      return rows.map((row) => row.requestId);
    },
    reopenLost: async (surface, since) => {
      const rows = await prisma.conversation.updateManyAndReturn({
        where: {
          surface,
          lost: { not: null },
          posts: { some: { state: { in: ['waiting', 'posted'] }, at: { gte: since } } },
        },
        data: { lost: null },
        select: { requestId: true },
      });
      return rows.map((row) => row.requestId);
    },
    wasHeard: async (surface, id) =>
      (await prisma.heard.findUnique({ where: { surface_id: { surface, id: visible(id) } } })) !== null,
    noteHeard: async (surface, id) => {
      await noteHeard(prisma, surface, id);
    },
    recall: async (surface, key) =>
      (await prisma.chatMemory.findUnique({ where: { surface_key: { surface, key } } }))?.value ?? null,
    remember: async (surface, key, value) => {
      await prisma.chatMemory.upsert({
        where: { surface_key: { surface, key } },
        create: { surface, key, value: visible(value) },
        update: { value: visible(value) },
      });
    },
    saveChannelState: async (state) => {
      const { name, ok, remedy } = state;
      const now = { ok, detail: visible(state.detail), remedy, at: new Date() };
      await prisma.channelState.upsert({ where: { name }, create: { name, ...now }, update: now });
    },
    channelStates: async () => {
      const rows = await prisma.channelState.findMany({ orderBy: { name: 'asc' } });
      return rows.map((row): ChannelState => ({ ...row, at: row.at.toISOString() }));
    },
  };
}

/** Writes or rewrites where a request is talked about. */
export async function saveConversation(
  db: PrismaClient | Prisma.TransactionClient,
  row: ConversationRow,
): Promise<void> {
  const { surface, request, ...where } = row;
  await db.conversation.upsert({
    where: { surface_requestId: { surface, requestId: request } },
    create: { surface, requestId: request, ...where },
    update: where,
  });
}

/** Notes an event of a platform; false when it was noted before. Old notes are forgotten on the way. */
export async function noteHeard(
  db: PrismaClient | Prisma.TransactionClient,
  surface: Surface,
  id: string,
): Promise<boolean> {
  const { count } = await db.heard.createMany({ data: [{ surface, id: visible(id) }], skipDuplicates: true });
  const before = new Date(Date.now() - heardForDays * 24 * 3_600_000);
  await db.heard.deleteMany({ where: { at: { lt: before } } });
  return count === 1;
}

async function addPosts(
  prisma: PrismaClient,
  surface: Surface,
  requestId: number,
  posts: readonly NewPost[],
): Promise<void> {
  if (posts.length === 0) return;
  await prisma.post.createMany({
    data: posts.map((post) => ({
      surface,
      requestId,
      key: post.key,
      kind: post.kind,
      words: visible(post.words),
      mentions: [...post.mentions],
      loud: post.loud,
      hash: post.hash,
    })),
    skipDuplicates: true,
  });
}

function toConversation(row: Stored.Conversation): ConversationRow {
  return {
    surface: row.surface as Surface,
    request: row.requestId,
    channel: row.channel,
    thread: row.thread,
    asked: row.asked,
    lost: row.lost,
  };
}

function toPost(row: Stored.Post): PostRow {
  return {
    id: Number(row.id),
    surface: row.surface as Surface,
    request: row.requestId,
    key: row.key,
    kind: row.kind as PostKind,
    words: row.words,
    mentions: row.mentions,
    loud: row.loud,
    hash: row.hash,
    message: row.message,
    drawn: row.drawn,
    state: row.state as PostRow['state'],
    postedAt: row.postedAt?.toISOString() ?? null,
  };
}
