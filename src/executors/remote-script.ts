import type { ErrorClass } from '#core/task.ts';

/** What became of a short script on a host. */
export type ScriptAnswer =
  | { readonly reached: true; readonly code: number; readonly stdout: Buffer; readonly stderr: string }
  | {
      readonly reached: false;
      readonly errorClass: ErrorClass;
      /** A sentence for a person. */
      readonly reason: string;
      /** Whether trying again later can help. */
      readonly mayPass: boolean;
      /** Whether the script was sent before the connection broke, so that it may have run. */
      readonly mayHaveRun: boolean;
    };

/**
 * Runs a short script under a host's /bin/sh; one that may be repeated when the connection broke in it. A signal that
 * aborts ends the waiting, not what already runs on the host.
 */
export type RunScript = (host: string, script: string, signal?: AbortSignal) => Promise<ScriptAnswer>;
