import { z } from 'zod';
import { lookAtHost } from '#flow/look-at-host.ts';
import { ChannelList, DoctorAnswer, Machine, MachineList, Settings } from '../contract/house.ts';
import { personOf } from '../guard.ts';
import { sendProblem } from '../problems.ts';
import type { ApiServices } from '../services.ts';
import { problems, type TypedApp } from '../typed-app.ts';
import { channelsView } from '../views/channel-view.ts';
import { planName, requestName } from '../views/names.ts';

/** Machines, and the configuration in force. */
export function houseRoutes(app: TypedApp, services: ApiServices): void {
  const { ledger } = services;

  const machines = async (): Promise<Machine[]> => {
    const seen = await ledger.hosts();
    return services.machines.map(({ name, address, user }) => {
      const row = seen.find((host) => host.host === name);
      return {
        host: name,
        address,
        user,
        facts: row?.facts ?? null,
        unreachable: row?.unreachable ?? null,
        seenAt: row?.seenAt ?? null,
        triedAt: row?.triedAt ?? null,
        heldBy:
          row?.heldBy && row.heldFor
            ? {
                runId: row.heldBy,
                planId: planName(row.heldFor.id),
                requestId: requestName(row.heldFor.id),
                title: row.heldFor.title,
              }
            : null,
      };
    });
  };
  const One = z.object({ name: z.string().max(100) });
  const missing = (name: string): string =>
    `No machine is called ${name}. Configured: ${services.machines.map((machine) => machine.name).join(', ') || 'none'}.`;

  app.get(
    '/api/v1/machines',
    {
      schema: {
        tags: ['machines'],
        summary: 'The machines and what was seen on them',
        response: { 200: MachineList, ...problems },
      },
    },
    async () => ({
      machines: await machines(),
    }),
  );

  app.get(
    '/api/v1/machines/:name',
    {
      schema: {
        tags: ['machines'],
        summary: 'One machine',
        params: One,
        response: { 200: Machine, ...problems },
      },
    },
    async (request, reply) => {
      const found = (await machines()).find((machine) => machine.host === request.params.name);
      return found ?? sendProblem(reply, 404, 'not_found', missing(request.params.name));
    },
  );

  app.post(
    '/api/v1/machines/:name/probe',
    {
      schema: {
        tags: ['machines'],
        summary: 'Look again, read-only',
        params: One,
        response: { 200: Machine, ...problems },
      },
    },
    async (request, reply) => {
      if (!services.machines.some((machine) => machine.name === request.params.name)) {
        return sendProblem(reply, 404, 'not_found', missing(request.params.name));
      }
      if (services.executor === null) {
        return sendProblem(
          reply,
          409,
          'no_hands',
          'This process serves the console only; the worker looks at machines when a request needs it.',
        );
      }
      await lookAtHost({ ledger, executor: services.executor }, request.params.name, personOf(request).id);
      const found = (await machines()).find((machine) => machine.host === request.params.name);
      return found ?? sendProblem(reply, 404, 'not_found', missing(request.params.name));
    },
  );

  app.get(
    '/api/v1/channels',
    {
      schema: {
        tags: ['house'],
        summary: 'The chat platforms and phones, and whether they work',
        response: { 200: ChannelList, ...problems },
      },
    },
    async (request) => ({ channels: await channelsView(services, personOf(request)) }),
  );
  app.get(
    '/api/v1/settings',
    {
      schema: {
        tags: ['house'],
        summary: 'The configuration in force, secrets left out',
        response: { 200: Settings, ...problems },
      },
    },
    async () => services.settings(),
  );
  app.get(
    '/api/v1/doctor',
    {
      schema: {
        tags: ['house'],
        summary: 'What is missing and how to fix it',
        response: { 200: DoctorAnswer, ...problems },
      },
    },
    async () => {
      const { ok, checks } = await services.doctor();
      return { ok, checks: [...checks] };
    },
  );
}
