import type { Person } from '#core/person.ts';
import type { Clock } from '#flow/clock-port.ts';
import type { StepExecutor } from '#flow/executor-port.ts';
import type { House } from '#flow/house.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import type { FlowLog } from '#flow/log-port.ts';
import type { Planner } from '#flow/planner-port.ts';
import type { Redaction } from '#flow/redaction-port.ts';
import type { TriedPhone } from '#flow/try-phone.ts';
import type { DoctorAnswer, Settings } from './contract/house.ts';

/** What the API needs from the rest of the house. Nothing here knows HTTP. */
export interface ApiServices {
  readonly ledger: Ledger;
  readonly planner: Planner;
  readonly house: House;
  readonly clock: Clock;
  readonly log: FlowLog;
  readonly redaction: Pick<Redaction, 'text'>;
  /** The machines of the configuration, in its order. */
  readonly machines: readonly { readonly name: string; readonly address: string; readonly user: string }[];
  /** Looks at a machine now. Null where this process has no hands (services without a worker). */
  readonly executor: Pick<StepExecutor, 'probe'> | null;
  /** The chat platforms that are switched on. */
  readonly platforms: readonly ('discord' | 'matrix')[];
  /** The configured phones, to see whether they ring. */
  readonly phones: readonly TriedPhone[];
  readonly settings: () => Settings;
  readonly doctor: () => Promise<{
    readonly ok: boolean;
    readonly checks: readonly DoctorAnswer['checks'][number][];
  }>;
  /** Three requests worth typing, made from this house. */
  readonly examples: () => Promise<readonly string[]>;
  readonly version: string;
  /** Short id for a surprise; stands in the answer and the log. */
  readonly newReference: () => string;
}

/** Who may call, by token. */
export interface Credentials {
  /** Every person with the token that names them; none is empty. */
  readonly tokens: readonly { readonly person: Person; readonly token: string }[];
  /** Signs session cookies; kept between starts so that browsers stay signed in. At least 32 bytes. */
  readonly sessionKey: Uint8Array;
}
