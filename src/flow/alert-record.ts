/** Why somebody is called: Chiffon stopped trying, or nobody can say what became of a step. */
export type AlertKind = 'gave_up' | 'review';

/** Something a person must hear, until somebody says that they are on it. */
export interface AlertRow {
  readonly id: number;
  readonly request: number;
  readonly run: string;
  readonly kind: AlertKind;
  /** What is true now, in one line: "Chiffon gave up: Jellyfin on n100 is off." */
  readonly headline: string;
  /** What is needed from a person, in one line. */
  readonly need: string;
  /** Whoever has it may say "I'm on it", and nothing else. Travels to phones; never shown elsewhere. */
  readonly token: string;
  /** How often it has rung. */
  readonly rings: number;
  /** ISO 8601; null when it won't ring again. */
  readonly nextRingAt: string | null;
  /** Person id of who is on it. */
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: string | null;
  readonly at: string;
}

export type NewAlert = Pick<AlertRow, 'request' | 'run' | 'kind' | 'headline' | 'need'>;

/** What a due alert does: whether it rings now, and when it is due again (null: never). */
export interface Ringing {
  readonly rings: boolean;
  readonly next: Date | null;
}

/** What one channel still has to be told about an alert. */
export interface AlertDelivery {
  readonly alert: AlertRow;
  readonly channel: string;
  /** Which ring this delivers; older rings that were missed are covered by it. */
  readonly ring: number;
  readonly tries: number;
}

/** What the ledger keeps about alerts. */
export interface AlertRecord {
  alert(id: number): Promise<AlertRow | null>;
  /** Alerts nobody is on yet, oldest first. */
  openAlerts(): Promise<readonly AlertRow[]>;
  alertsOf(request: number): Promise<readonly AlertRow[]>;
  /**
   * Goes through what is due: an alert that rings owes the ring to each channel. One transaction; safe in several
   * processes.
   */
  ringDue(
    now: Date,
    channels: readonly string[],
    decide: (alert: AlertRow) => Ringing,
  ): Promise<readonly AlertRow[]>;
  /**
   * Takes what is owed to channels and due, oldest first, for `leaseSeconds`: if whoever took it says nothing until
   * then, it is owed again. What was acknowledged meanwhile is owed no more.
   */
  takeDeliveries(now: Date, limit: number, leaseSeconds: number): Promise<readonly AlertDelivery[]>;
  /** Says how a delivery went; one that failed is owed again at `retryAt`. */
  closeDelivery(
    delivery: AlertDelivery,
    end: { readonly ok: true } | { readonly ok: false; readonly retryAt: Date },
  ): Promise<void>;
}
