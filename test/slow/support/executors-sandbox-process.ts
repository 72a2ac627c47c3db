/** Starts a sandbox in a process of its own, to be killed. Prints its address as one line of JSON. */
import { join } from 'node:path';
import { startSandboxHost } from '#executors/ssh/sandbox/start-sandbox-host.ts';
import { renderServiceScript } from '#planning/composing/service-files.ts';

/** What to run with the sandbox's directory as argument. */
export const sandboxProcess = import.meta.filename;

if (process.argv[1] === sandboxProcess) {
  const directory = process.argv[2] ?? '';
  const knownHostsFile = join(directory, 'known_hosts');
  const sandbox = await startSandboxHost({
    directory,
    log: () => {},
    knownHostsFile,
    demoWeb: renderServiceScript,
  });
  console.log(JSON.stringify(sandbox.host));
}
