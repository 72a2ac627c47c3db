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
   * Rings what is due: counts the ring, owes it to each channel and sets when the next is due (`nextRing` answers null
   * for "no more"). One transaction; safe in several processes.
   */
  ringDue(
    now: Date,
    channels: readonly string[],
    nextRing: (alert: AlertRow) => Date | null,
  ): Promise<readonly AlertRow[]>;
  /** What is owed to channels and due, oldest first; what was acknowledged meanwhile is not. */
  owedDeliveries(now: Date, limit: number): Promise<readonly AlertDelivery[]>;
  /** Says how a delivery went; one that failed is owed again at `retryAt`. */
  closeDelivery(
    delivery: AlertDelivery,
    end: { readonly ok: true } | { readonly ok: false; readonly retryAt: Date },
  ): Promise<void>;
}
