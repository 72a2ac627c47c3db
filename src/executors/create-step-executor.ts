import type { Step } from '#core/step.ts';
import type { PerformOptions, StepExecutor, StepResult } from '#flow/executor-port.ts';
import type { CommandJudge } from './command-judge.ts';
import { performFile } from './file/perform-file.ts';
import { rehearseFile } from './file/rehearse-file.ts';
import type { HostAddress } from './host-address.ts';
import { performHttp } from './http/perform-http.ts';
import { probeHost } from './probe/probe-host.ts';
import type { RunScript } from './remote-script.ts';
import { createConnectionPool } from './ssh/connection-pool.ts';
import { type DurableSettings, performShell } from './ssh/durable/perform-shell.ts';
import { runScriptOn } from './ssh/run-script-on.ts';
import { WaitingShells } from './ssh/waiting-shells.ts';
import { failed } from './step-results.ts';
import { performWait } from './wait/perform-wait.ts';

export interface StepExecutorOptions {
  readonly hosts: readonly HostAddress[];
  /** Chiffon's own known-hosts file, in OpenSSH's format. */
  readonly knownHostsFile: string;
  /** Everything that runs passes it, right before it runs. */
  readonly judge: CommandJudge;
  readonly now?: () => Date;
  /** Patience with hosts and commands, for those who need other than the usual. */
  readonly durable?: DurableSettings;
}

/** The hands of Chiffon: commands and files over SSH, HTTP checks and waiting from Chiffon's own side. */
export function createStepExecutor(options: StepExecutorOptions): StepExecutor {
  const { hosts, knownHostsFile, judge, now = () => new Date() } = options;
  const pool = createConnectionPool({ hosts, knownHostsFile });
  const shells = new WaitingShells();
  const run: RunScript = runScriptOn(pool);
  const addresses = new Map(hosts.map((host) => [host.name, host]));

  async function perform(step: Step, how: PerformOptions): Promise<StepResult> {
    switch (step.uses) {
      case 'shell': {
        const { verdict, rule, reason, normal } = judge(step.command);
        if (verdict === 'deny')
          return failed('refused_by_policy', `Not run on ${step.target}: ${reason} (${rule})`);
        // What runs without a person's yes is exactly what was judged, not what a shell may make of the raw line.
        const command = verdict === 'allow' ? (normal ?? step.command) : step.command;
        return await performShell({ pool, shells }, { ...step, command }, how, options.durable);
      }
      case 'file':
        return await performFile(run, step, how);
      case 'http':
        return await performHttp(step, how);
      case 'wait':
        return await performWait(step, how);
    }
  }

  return {
    perform,
    rehearse: async (step) => (step.uses === 'file' ? await rehearseFile(run, step) : null),
    async probe(name) {
      const host = addresses.get(name);
      if (host === undefined)
        return { ok: false, errorClass: 'unknown', reason: `No host named ${name} is configured.` };
      return await probeHost(run, host, judge, now);
    },
    async close() {
      shells.close();
      await pool.close();
    },
  };
}
