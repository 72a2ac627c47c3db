import { readFileSync } from 'node:fs';

/**
 * Whether a container was started with the API among its services. The image's health check asks it; one without the
 * API has nothing to ask and is healthy as long as it runs.
 *
 * @param commandLine the words of the container's first process, each ended by a NUL
 */
export function servesApi(
  commandLine: string,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const words = commandLine.split('\0');
  const at = words.findIndex((word) => word === '--services' || word.startsWith('--services='));
  const given = at === -1 ? environment['CHIFFON_SERVICES'] : (words[at]?.split('=')[1] ?? words[at + 1]);
  return given === undefined || given === '' || given.split(',').some((service) => service.trim() === 'api');
}

async function main(): Promise<void> {
  // The first process of a container carries the words it was started with, also below an init.
  if (!servesApi(readFileSync('/proc/1/cmdline', 'utf8'), process.env)) return;
  const port = process.env['CHIFFON_CONSOLE_PORT'] || '4180';
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
  if (!answer.ok) throw new Error(`/healthz answered ${answer.status}`);
}

if (import.meta.main)
  await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
