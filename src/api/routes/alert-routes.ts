import { z } from 'zod';
import { readStory } from '#chat/cards/request-story.ts';
import type { Person } from '#core/person.ts';
import { acknowledgeAlerts } from '#flow/acknowledge-alerts.ts';
import { tryPhone } from '#flow/try-phone.ts';
import { Channel } from '../contract/house.ts';
import { RequestDetail } from '../contract/requests.ts';
import { personOf } from '../guard.ts';
import { sendProblem, sendRefusal } from '../problems.ts';
import type { ApiServices } from '../services.ts';
import { sameText } from '../sign-in.ts';
import { openToAll, problems, type TypedApp } from '../typed-app.ts';
import { channelsView } from '../views/channel-view.ts';
import { numberIn } from '../views/names.ts';
import { requestDetail } from '../views/request-view.ts';

/** "I'm on it", said by somebody who is signed in. */
export function alertRoutes(app: TypedApp, services: ApiServices): void {
  const { ledger, house, clock } = services;
  app.post(
    '/api/v1/requests/:id/acknowledge',
    {
      schema: {
        tags: ['requests'],
        summary: 'Quiet the alarms about a request: somebody is on it',
        params: z.object({ id: z.string().max(20) }),
        response: { 200: RequestDetail, ...problems },
      },
    },
    async (request, reply) => {
      const number = numberIn(request.params.id);
      const person = personOf(request);
      if (number === null || (await ledger.request(number)) === null)
        return sendProblem(reply, 404, 'not_found', `There is no request ${request.params.id}.`);
      const said = await acknowledgeAlerts(services, { request: number, person, surface: request.surface });
      if (!said.ok) return sendRefusal(reply, said);
      const story = await readStory(ledger, number);
      if (story === null) throw new Error(`request ${number} vanished`);
      return requestDetail(ledger, story, { person, house }, clock.now());
    },
  );
}

/** Test messages that one address may have sent in a minute: a button pressed in a loop shall not wake a household. */
const testsAMinute = 10;

/** A phone is made to ring, to see whether it does. */
export function phoneTestRoute(app: TypedApp, services: ApiServices): void {
  app.post(
    '/api/v1/phones/:name/ring',
    {
      schema: {
        tags: ['house'],
        summary: 'Send a test message to a phone; the answer says whether its provider took it',
        params: z.object({ name: z.string().max(100) }),
        response: { 200: Channel, ...problems },
      },
      config: { rateLimit: { max: testsAMinute, timeWindow: '1 minute' } },
    },
    async (request, reply) => {
      const person = personOf(request);
      const { name } = request.params;
      const tried = await tryPhone(services, { phone: name, person });
      if (!tried.ok) return sendRefusal(reply, tried);
      const channel = (await channelsView(services, person)).find(
        (one) => one.kind === 'phone' && one.name === name,
      );
      if (channel === undefined) throw new Error(`the phone ${name} rang and is not configured`);
      return channel;
    },
  );
}

/** Taps that one address gets in a minute. */
const tapsAMinute = 30;

/**
 * "I'm on it", tapped on a phone. The token of the alert is all it takes and this is all it can do: it quiets, it
 * decides nothing.
 */
export function phoneRoute(app: TypedApp, services: ApiServices): void {
  const { ledger } = services;
  app.post(
    '/api/v1/alerts/:id/acknowledge',
    {
      schema: {
        tags: ['requests'],
        summary: 'Quiet an alarm with the token that came with it',
        security: openToAll,
        params: z.object({ id: z.coerce.number().int().positive() }),
        body: z.object({
          token: z.string().max(200),
          from: z
            .string()
            .regex(/^[a-z0-9][a-z0-9._-]{0,31}$/)
            .default('phone'),
        }),
        response: { 200: z.object({ detail: z.string() }), ...problems },
      },
      config: { rateLimit: { max: tapsAMinute, timeWindow: '1 minute' } },
    },
    async (request, reply) => {
      const alert = await ledger.alert(request.params.id);
      if (alert === null || !sameText(request.body.token, alert.token)) {
        return sendProblem(
          reply,
          403,
          'not_yours',
          'This alarm is not known, or the token does not belong to it. Nothing was done.',
        );
      }
      const phone = request.body.from;
      const person: Person = { id: `phone:${phone}`, name: `Whoever has the phone ${phone}`, role: 'viewer' };
      const said = await acknowledgeAlerts(services, { request: alert.request, person, surface: 'api' });
      return said.ok ? { detail: 'You are on it: it will not ring again.' } : sendRefusal(reply, said);
    },
  );
}
