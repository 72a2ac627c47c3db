import type { StoredEvent } from '#core/event.ts';
import type { AuditRow } from '../contract/requests.ts';
import { planName } from './names.ts';

export function auditRow(event: StoredEvent): AuditRow {
  return {
    id: event.id,
    at: event.at,
    stream: event.stream,
    seq: event.seq,
    kind: event.kind,
    actor: event.actor,
    plan: event.plan === undefined ? null : planName(event.plan),
    run: event.run ?? null,
    host: event.host ?? null,
    service: event.service ?? null,
    outcome: event.outcome ?? null,
    summary: event.summary,
    hash: event.hash,
  };
}
