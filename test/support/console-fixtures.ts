import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  AuditAnswer,
  Channel,
  ChannelList,
  DoctorAnswer,
  Machine,
  MachineList,
  Me,
  Now,
  Settings,
  StreamMessage,
  VerifyAnswer,
} from '#api/contract/house.ts';
import { NewDecision, PlanDetail } from '#api/contract/plans.ts';
import { Problem } from '#api/contract/problem.ts';
import { RecordReplyAnswer } from '#api/contract/record.ts';
import {
  NewRequest,
  NewRequestAnswer,
  RequestDetail,
  RequestList,
  type RequestSummary,
} from '#api/contract/requests.ts';
import { RunDetail, RunLog } from '#api/contract/runs.ts';
import { ago, type Story, summaryOf } from '../console/house/build.ts';
import { Script } from '../console/house/script.ts';
import { livedIn } from '../console/house/stories.ts';
import { channels, doctor, machines, settings } from '../console/house/surroundings.ts';
import { manyFailures, sinceItWorked } from './sample-answers.ts';

const builtConsole = fileURLToPath(new URL('../../dist/console', import.meta.url));

const Verdict = z.strictObject({ verdict: z.enum(['completed', 'failed', 'again']) });

/** The policy the console is made for: nothing inline, nothing from elsewhere. */
export const strictPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export interface FixtureOptions {
  /** Where the built console lies; `dist/console` by default. */
  readonly consoleFolder?: string;
  /** The requests there are; a lived-in house by default. */
  readonly stories?: Story[];
  /** Who signs in; Anna, the owner, by default. */
  readonly person?: Me['person'];
  /** Whether anybody has set machines and channels up. */
  readonly machines?: boolean;
  /** How long one line of output takes in a scripted run, in milliseconds. */
  readonly pace?: number;
  /** False leaves every plan in rehearsal until the test proposes it. */
  readonly rehearses?: boolean;
  readonly port?: number;
}

/** A house that is not there: it serves the built console and answers like the real server, as strictly. */
export interface FixtureHouse {
  readonly address: string;
  readonly token: string;
  readonly script: Script;
  /** How many event streams are open. */
  openStreams(): number;
  /** From now on every answer takes so long, in milliseconds. */
  slowDown(milliseconds: number): void;
  /** From now on every page's question is answered 500; who is signed in and the event stream still work. */
  breakDown(): void;
  /** Sends no sign of life any more but keeps every stream open, as a dead line does. */
  fallSilent(): void;
  /** Answers nothing any more and drops every stream, as if the server were gone. */
  goAway(): void;
  /** All is as before: everything is answered again, at once. */
  comeBack(): void;
  close(): Promise<void>;
}

/** Starts a fixture house on a free port of the loopback. */
export async function startFixtureHouse(options: FixtureOptions = {}): Promise<FixtureHouse> {
  const token = 'fixture-owner-token';
  const session = randomUUID();
  const csrf = randomUUID();
  const streams = new Set<FastifyReply>();
  let away = false;
  let delay = 0;
  let broken = false;
  let silent = false;
  let lastEventId = 4100;

  const broadcast = (message: StreamMessage): void => {
    const checked = StreamMessage.parse(message);
    if (checked.type === 'event') lastEventId = checked.event.id;
    if (silent) return;
    const id = checked.type === 'event' ? `id: ${checked.event.id}\n` : '';
    for (const stream of streams) stream.raw.write(`${id}data: ${JSON.stringify(checked)}\n\n`);
  };
  const script = new Script(
    options.stories ?? livedIn(),
    broadcast,
    options.pace ?? 60,
    options.rehearses ?? true,
  );
  const house = options.machines === false ? [] : machines();
  const known = options.machines === false ? [] : channels(options.person?.role === 'viewer');

  const app = Fastify({ forceCloseConnections: true });
  app.addHook('onRequest', async (request, reply) => {
    if (away) {
      request.raw.destroy();
      return reply.hijack();
    }
    void reply.header('content-security-policy', strictPolicy);
    void reply.header('x-content-type-options', 'nosniff');
    if (!request.url.startsWith('/api/v1')) return;
    const path = request.url.slice('/api/v1'.length).split('?')[0] ?? '';
    if (broken && path !== '/me' && path !== '/events')
      return refuse(
        reply,
        500,
        'surprise',
        'Something went wrong that nobody foresaw. Nothing was changed.',
        'E-7Q2M4',
      );
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    if (path === '/session' && request.method === 'POST') return;
    if (!request.headers.cookie?.includes(`chiffon_session=${session}`))
      return refuse(reply, 401, 'signed_out', 'Nobody is signed in here. Sign in with a token.');
    if (request.method !== 'GET' && request.headers['x-csrf-token'] !== csrf)
      return refuse(reply, 403, 'csrf', 'The change did not carry the token of this session.');
  });

  const me: Me = {
    person: options.person ?? { id: 'anna', name: 'Anna', role: 'owner' },
    csrf,
    version: '0.1.0',
    examples: ['restart demo-web', 'deploy kuma on sandbox', 'how full is the disk on n100'],
  };
  app.post('/api/v1/session', async (request, reply) => {
    const given = (request.body as { token?: unknown }).token;
    if (given !== token)
      return refuse(
        reply,
        401,
        'unknown_token',
        'This token is not known here. It may have been replaced by a newer one.',
      );
    void reply.header('set-cookie', `chiffon_session=${session}; Path=/; HttpOnly; SameSite=Strict`);
    return answer(reply, Me, me);
  });
  app.delete('/api/v1/session', async (_request, reply) =>
    reply.header('set-cookie', 'chiffon_session=; Path=/; Max-Age=0').code(204).send(),
  );
  app.get('/api/v1/me', async (_request, reply) => answer(reply, Me, me));
  app.get('/api/v1/now', async (_request, reply) => answer(reply, Now, now(script, house)));
  requestRoutes(app, script);
  planRoutes(app, script);
  runRoutes(app, script);

  app.get('/api/v1/machines', async (_request, reply) => answer(reply, MachineList, { machines: house }));
  app.get<{ Params: { name: string } }>('/api/v1/machines/:name', async (request, reply) => {
    const machine = house.find((one) => one.host === request.params.name);
    if (!machine)
      return refuse(reply, 404, 'unknown_machine', `There is no machine named ${request.params.name}.`);
    return answer(reply, Machine, machine);
  });
  app.post<{ Params: { name: string } }>('/api/v1/machines/:name/probe', async (request, reply) => {
    const machine = house.find((one) => one.host === request.params.name);
    if (!machine)
      return refuse(reply, 404, 'unknown_machine', `There is no machine named ${request.params.name}.`);
    machine.triedAt = ago(0);
    if (machine.unreachable === null) machine.seenAt = ago(0);
    return answer(reply, Machine, machine);
  });

  app.get<{ Querystring: Record<string, string> }>('/api/v1/audit', async (request, reply) => {
    const { outcome, service, host, person, plan, before, limit } = request.query;
    const found = script
      .facts()
      .filter((row) => outcome === undefined || row.outcome === outcome)
      .filter((row) => service === undefined || row.service === service)
      .filter((row) => host === undefined || row.host === host)
      .filter((row) => person === undefined || row.actor === person)
      .filter((row) => plan === undefined || row.plan === plan);
    const older = before === undefined ? found : found.filter((row) => row.id < Number(before));
    const page = older.slice(0, Number(limit ?? 100));
    const next = older.length > page.length ? String(page.at(-1)?.id) : null;
    return answer(reply, AuditAnswer, { events: page, count: found.length, next });
  });
  app.get<{ Querystring: { q?: string; zone?: string } }>('/api/v1/audit/answer', async (request, reply) => {
    const { q = '', zone = '' } = request.query;
    if (zone === '') return refuse(reply, 400, 'malformed_request', 'zone: must be a time zone');
    const found = /since it last worked/.test(q) ? sinceItWorked : /fail/.test(q) ? manyFailures : null;
    return answer(reply, RecordReplyAnswer, {
      answer: found,
      intents: [],
      reply: found === null ? 'This asks for no part of the record.' : 'Found.',
      suggestions: found === null ? ['all failures in the last week'] : [],
    });
  });
  app.get('/api/v1/audit/verify', async (_request, reply) =>
    answer(reply, VerifyAnswer, {
      ok: true,
      events: 4182,
      streams: 163,
      gitCommits: 41,
      unanchored: 0,
      firstBad: null,
      at: ago(0),
    }),
  );
  app.get('/api/v1/channels', async (_request, reply) => answer(reply, ChannelList, { channels: known }));
  app.post<{ Params: { name: string } }>('/api/v1/phones/:name/ring', async (request, reply) => {
    const phone = known.find((one) => one.kind === 'phone' && one.name === request.params.name);
    if (!phone) return refuse(reply, 404, 'not_found', `No phone is called ${request.params.name}.`);
    if (phone.testBlocked !== null) return refuse(reply, 403, 'not_yours', phone.testBlocked);
    phone.at = ago(0);
    if (phone.state === 'not_tried')
      Object.assign(phone, { state: 'works', detail: `The last message to ${phone.name} was taken.` });
    return answer(reply, Channel, phone);
  });
  app.get('/api/v1/settings', async (_request, reply) => answer(reply, Settings, settings(house)));
  app.get('/api/v1/doctor', async (_request, reply) => answer(reply, DoctorAnswer, doctor(house)));
  app.get('/api/v1/events', async (request, reply) => {
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    reply.hijack();
    streams.add(reply);
    request.raw.on('close', () => streams.delete(reply));
    const hello: StreamMessage = { type: 'hello', at: ago(0), lastEventId };
    reply.raw.write(`: welcome\n\ndata: ${JSON.stringify(StreamMessage.parse(hello))}\n\n`);
  });

  const consoleFolder = options.consoleFolder ?? builtConsole;
  const index = readFileSync(`${consoleFolder}/index.html`);
  await app.register(fastifyStatic, { root: consoleFolder, wildcard: false, index: false });
  app.setNotFoundHandler(async (request, reply) => {
    if (request.url.startsWith('/api/'))
      return refuse(reply, 404, 'unknown_route', 'Nothing is at this address.');
    return reply.type('text/html').send(index);
  });

  const address = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  script.start();
  return {
    address,
    token,
    script,
    openStreams: () => streams.size,
    slowDown: (milliseconds) => {
      delay = milliseconds;
    },
    breakDown: () => {
      broken = true;
    },
    fallSilent: () => {
      silent = true;
    },
    goAway: () => {
      away = true;
      for (const stream of streams) stream.raw.destroy();
      streams.clear();
    },
    comeBack: () => {
      away = false;
      silent = false;
      broken = false;
      delay = 0;
    },
    close: async () => {
      script.stop();
      for (const stream of streams) stream.raw.destroy();
      await app.close();
    },
  };
}

function requestRoutes(app: FastifyInstance, script: Script): void {
  app.post('/api/v1/requests', async (request, reply) => {
    const asked = NewRequest.parse(request.body);
    if (/^\W*$|qwertz|asdf/.test(asked.text))
      return refuse(
        reply,
        422,
        'unreadable_text',
        'These words named no service and no command known here. “restart demo-web” would be understood.',
      );
    const card = script.find(Number(asked.pressedOn?.slice(2)));
    if (card?.alert && card.detail.card.ask.words === asked.text) script.acknowledge(card);
    const story = script.ask(asked.text);
    return answer(reply.code(201), NewRequestAnswer, {
      requestId: story.detail.requestId,
      threadId: story.detail.threadId,
      planId: `P-${story.detail.number}`,
      state: 'planned',
      reply: 'The plan is being rehearsed.',
      answer: null,
      choices: [],
      suggestions: [],
    });
  });
  app.get<{ Querystring: Record<string, string> }>('/api/v1/requests', async (request, reply) => {
    const { filter, q, person, before } = request.query;
    const all = script.stories.map(summaryOf);
    const is = {
      needs_you: waits,
      running: ({ state }: RequestSummary) => state === 'running',
      failed: ({ state }: RequestSummary) => state === 'failed',
    };
    const found = all
      .filter((row) => filter === undefined || is[filter as keyof typeof is](row))
      .filter((row) => q === undefined || `${row.title} ${row.words}`.toLowerCase().includes(q.toLowerCase()))
      .filter((row) => person === undefined || row.person.toLowerCase() === person)
      .filter((row) => before === undefined || row.number < Number(before));
    const page = found.slice(0, 8);
    return answer(reply, RequestList, {
      requests: page,
      counts: {
        all: all.length,
        needsYou: all.filter(is.needs_you).length,
        running: all.filter(is.running).length,
        failed: all.filter(is.failed).length,
      },
      next: found.length > page.length ? String(page.at(-1)?.number) : null,
    });
  });
  app.get<{ Params: { number: string } }>('/api/v1/requests/:number', async (request, reply) => {
    const story = script.find(Number(request.params.number));
    if (!story)
      return refuse(reply, 404, 'unknown_request', `There is no request R-${request.params.number}.`);
    return answer(reply, RequestDetail, story.detail);
  });
  app.post<{ Params: { number: string } }>('/api/v1/requests/:number/acknowledge', async (request, reply) => {
    const story = script.find(Number(request.params.number.slice(2)));
    if (!story) return refuse(reply, 404, 'unknown_request', `There is no request ${request.params.number}.`);
    if (!story.alert)
      return refuse(reply, 409, 'nothing_rings', 'Somebody else is on it already; nothing rings any more.');
    script.acknowledge(story);
    return answer(reply, RequestDetail, story.detail);
  });
}

/** Whether a request waits for somebody, as the ledger's filter has it. */
function waits({ state, alert }: RequestSummary): boolean {
  return alert !== null || ['needs_you', 'question', 'unknown'].includes(state);
}

function planRoutes(app: FastifyInstance, script: Script): void {
  app.post<{ Params: { plan: string } }>('/api/v1/plans/:plan/decision', async (request, reply) => {
    const decision = NewDecision.parse(request.body);
    const story = script.find(Number(request.params.plan.slice(2)));
    if (!story) return refuse(reply, 404, 'unknown_plan', `There is no plan ${request.params.plan}.`);
    const { card } = story.detail;
    if (card.state !== 'needs_you')
      return refuse(reply, 409, 'already_decided', `This plan is already decided: ${card.stateWord}.`);
    if (decision.hash !== card.hash)
      return refuse(
        reply,
        409,
        'stale_hash',
        'A newer revision replaced the one that was looked at. Nothing was decided.',
      );
    if (decision.decision === 'approve' && card.confirmCode !== null && decision.code !== card.confirmCode)
      return refuse(
        reply,
        403,
        'wrong_code',
        'The code does not belong to this revision of the plan. Nothing was decided.',
      );
    script.decide(story, decision.decision, decision.comment ?? null);
    return answer(reply, PlanDetail, planOf(story));
  });
}

function runRoutes(app: FastifyInstance, script: Script): void {
  app.get<{ Params: { run: string } }>('/api/v1/runs/:run', async (request, reply) => {
    const story = script.findRun(request.params.run);
    if (!story?.run) return refuse(reply, 404, 'unknown_run', `There is no run ${request.params.run}.`);
    return answer(reply, RunDetail, story.run);
  });
  app.get<{ Params: { run: string }; Querystring: { from?: string } }>(
    '/api/v1/runs/:run/log',
    async (request, reply) => {
      const story = script.findRun(request.params.run);
      if (!story?.run) return refuse(reply, 404, 'unknown_run', `There is no run ${request.params.run}.`);
      const from = Number(request.query.from ?? 0);
      const rest = story.log.filter((chunk) => chunk.offset >= from);
      const page = rest.slice(0, 40);
      const last = page.at(-1);
      const end = story.log.at(-1);
      return answer(reply, RunLog, {
        runId: story.run.runId,
        from,
        next: last ? last.offset + last.bytes : from,
        end: end ? end.offset + end.bytes : 0,
        complete: story.run.endedAt !== null,
        text: page.map((chunk) => chunk.text).join(''),
        chunks: page,
      });
    },
  );
  app.post<{ Params: { run: string } }>('/api/v1/runs/:run/reconcile', async (request, reply) => {
    const { verdict } = Verdict.parse(request.body);
    const story = script.findRun(request.params.run);
    if (!story?.run) return refuse(reply, 404, 'unknown_run', `There is no run ${request.params.run}.`);
    script.settleDoubt(story, verdict);
    return answer(reply, RunDetail, story.run);
  });
  app.post<{ Params: { run: string } }>('/api/v1/runs/:run/cancel', async (request, reply) => {
    const story = script.findRun(request.params.run);
    if (!story?.run) return refuse(reply, 404, 'unknown_run', `There is no run ${request.params.run}.`);
    if (story.run.endedAt !== null)
      return refuse(reply, 409, 'already_over', 'This run is already over; there is nothing to stop.');
    script.stopRun(story);
    return answer(reply, RunDetail, story.run);
  });
}

function planOf(story: Story): PlanDetail {
  const { card } = story.detail;
  const states = { needs_you: 'awaiting_approval', rejected: 'rejected', drafting: 'drafting' } as const;
  return {
    planId: `P-${card.plan}`,
    requestId: story.detail.requestId,
    revision: card.revision ?? 1,
    hash: card.hash,
    state: states[card.state as keyof typeof states] ?? 'approved',
    title: card.title,
    risk: card.risk,
    steps: [],
    effects: card.effects,
    rehearsal: card.rehearsal,
    approvals: [],
    note: null,
    confirmCode: card.confirmCode,
    runId: card.run,
    commits: [],
    answerBy: card.answerBy,
    card,
  };
}

function now(script: Script, house: readonly Machine[]): Now {
  const rows = script.stories.map(summaryOf);
  const needsYou = rows.filter(waits).toSorted((a, b) => due(a).localeCompare(due(b)));
  const running = rows.filter((row) => row.state === 'running' || row.state === 'queued');
  const changed = rows.find((row) => row.state === 'done');
  return {
    needsYou,
    needsYouCount: needsYou.length,
    running,
    recent: rows.filter((row) => !needsYou.includes(row) && !running.includes(row)).slice(0, 10),
    today: {
      runs: rows.filter((row) => row.runId !== null).length,
      failures: rows.filter((row) => row.state === 'failed').length,
    },
    lastChange: changed
      ? { title: changed.title, at: changed.endedAt ?? changed.at, requestId: changed.requestId }
      : null,
    machines: house.map((one) => ({
      host: one.host,
      reachable: one.unreachable === null,
      seenAt: one.seenAt,
    })),
    asOf: ago(0),
  };
}

/** Since or until when somebody is needed; what has no such moment comes last. */
function due({ alert, answerBy }: RequestSummary): string {
  return alert?.at ?? answerBy ?? '9';
}

/** Answers only what the contract allows: anything else is a mistake of the fixture and fails loudly. */
function answer<S extends z.ZodType>(reply: FastifyReply, schema: S, value: z.input<S>): FastifyReply {
  return reply.send(schema.parse(value));
}

function refuse(
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
  reference?: string,
): FastifyReply {
  const problem: Problem = {
    type: `https://chiffon.invalid/problems/${code}`,
    title: code.replaceAll('_', ' '),
    status,
    detail,
    code,
    ...(reference === undefined ? {} : { reference }),
  };
  return reply.code(status).type('application/problem+json').send(Problem.parse(problem));
}
