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
    };

/** Runs a short script under a host's /bin/sh; one that may be repeated when the connection broke in it. */
export type RunScript = (host: string, script: string) => Promise<ScriptAnswer>;
