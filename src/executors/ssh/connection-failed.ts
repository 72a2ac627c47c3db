import type { ErrorClass } from '#core/task.ts';

/** A host that could not be reached, or that did not let Chiffon in. The message is a sentence for a person. */
export class ConnectionFailed extends Error {
  override readonly name = 'ConnectionFailed';
  readonly errorClass: ErrorClass;

  constructor(errorClass: ErrorClass, sentence: string, cause?: unknown) {
    super(sentence, { cause });
    this.errorClass = errorClass;
  }

  /** Whether trying again later can help: the network may come back, a wrong key will not. */
  get mayPass(): boolean {
    return this.errorClass === 'network_error';
  }
}

/** The connection went away while a command was using it; what became of the command is not known. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}
