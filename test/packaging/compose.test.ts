import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { variableFor } from '#platform/config/overrides.ts';
import { leaves } from '#platform/config/settings-tree.ts';
import { readDockerfile, root } from './dockerfile.ts';

/** The part of the Compose file format that is used here, strictly: a misspelt key would be ignored or refused late. */
const Service = z.strictObject({
  build: z.string().optional(),
  image: z.string(),
  init: z.boolean().optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).default({}),
  ports: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string().regex(/^[^:]+:\/[^:]+(?::ro)?$/)).default([]),
  command: z.array(z.string()).default([]),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()).min(2),
      interval: z.string(),
      timeout: z.string(),
      retries: z.int(),
    })
    .optional(),
});
const Compose = z.strictObject({
  name: z.literal('chiffon'),
  services: z.strictObject({ chiffon: Service, postgres: Service, redis: Service }),
  volumes: z.record(z.string(), z.null()),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});

const compose = Compose.parse(parse(readFileSync(path.join(root, 'compose.yaml'), 'utf8')));
const { chiffon, postgres, redis } = compose.services;
const services = Object.entries(compose.services).map(([name, service]) => ({ name, service }));

test('Chiffon waits for a healthy PostgreSQL and a healthy Redis', () => {
  expect(Object.keys(chiffon.depends_on).sort()).toEqual(['postgres', 'redis']);
  expect(postgres.healthcheck?.test).toContain('pg_isready');
  expect(redis.healthcheck?.test).toEqual(['CMD', 'redis-cli', 'ping']);
  expect(
    readDockerfile()
      .at(-1)
      ?.instructions.map(({ name }) => name),
  ).toContain('HEALTHCHECK');
});

test('PostgreSQL and Redis are pinned to a major version', () => {
  expect(postgres.image).toBe('postgres:18');
  expect(redis.image).toBe('redis:8');
});

test('Redis keeps what it was given: through a restart, and when memory is short', () => {
  const option = (name: string): string | undefined => redis.command[redis.command.indexOf(name) + 1];
  expect(option('--appendonly')).toBe('yes');
  expect(option('--maxmemory-policy')).toBe('noeviction');
});

test.each(services)('$name keeps its data in a volume that is declared', ({ service }) => {
  const named = service.volumes
    .map((volume) => volume.split(':')[0] ?? '')
    .filter((source) => !source.startsWith('.'));
  expect(named.length).toBeGreaterThan(0);
  for (const volume of named) expect(Object.keys(compose.volumes)).toContain(volume);
});

test.each(services)('$name gets its secrets as files and never as text', ({ service }) => {
  for (const secret of service.secrets) expect(Object.keys(compose.secrets)).toContain(secret);
  for (const [variable, value] of Object.entries(service.environment)) {
    if (value.startsWith('/run/secrets/')) {
      expect(variable).toMatch(/_FILE$/);
      expect(service.secrets).toContain(value.replace('/run/secrets/', ''));
    } else {
      expect(`${variable}=${value}`).not.toMatch(/token|password|secret|:\/\/[^/]*@/i);
    }
  }
});

test('every variable given to Chiffon is one it knows', () => {
  const files = leaves().map(({ key }) => variableFor(key));
  const known = [
    ...files,
    ...files.filter((name) => name.endsWith('_URL_FILE')).map((name) => name.replace(/_FILE$/, '')),
  ];
  for (const variable of Object.keys(chiffon.environment)) expect(known).toContain(variable);
});

test('the console is reachable from this machine only, until somebody decides otherwise', () => {
  expect(chiffon.ports).toEqual(['127.0.0.1:4180:4180']);
  expect([...postgres.ports, ...redis.ports]).toEqual([]);
});

test('the container has no more rights than it needs and time to stop in order', () => {
  expect(chiffon).toMatchObject({ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], init: true });
  expect(Number.parseInt(chiffon.stop_grace_period ?? '0', 10)).toBeGreaterThanOrEqual(30);
});
