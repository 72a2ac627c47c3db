/** `allow`: it only looks. `approval`: a person decides. `deny`: nobody may approve it. */
export type Verdict = 'allow' | 'approval' | 'deny';

/** What one rule says about one part of a command. */
export interface Finding {
  readonly verdict: Verdict;
  /** Stable name: `floor.host-power`, `change.redirect`, `read.ls`. */
  readonly rule: string;
  /** One sentence for a person. */
  readonly reason: string;
}

const order: readonly Verdict[] = ['allow', 'approval', 'deny'];

/** Whether the first verdict is stricter than the second. */
export function stricter(a: Verdict, b: Verdict): boolean {
  return order.indexOf(a) > order.indexOf(b);
}

/** The strictest finding, the earliest among equals; undefined when there is none. */
export function strictest<T extends Finding>(findings: readonly T[]): T | undefined {
  let worst: T | undefined;
  for (const finding of findings) if (!worst || stricter(finding.verdict, worst.verdict)) worst = finding;
  return worst;
}

export function deny(rule: string, reason: string): Finding {
  return { verdict: 'deny', rule: `floor.${rule}`, reason };
}

export function ask(rule: string, reason: string): Finding {
  return { verdict: 'approval', rule: `change.${rule}`, reason };
}
