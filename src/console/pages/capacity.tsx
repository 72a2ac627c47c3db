import type { HostFacts } from '#core/host.ts';
import { percentWords, sizeWords } from '../parts/format.ts';

/** How full memory and disk are, in words beside each bar. */
export function Capacity({ facts }: { facts: HostFacts }) {
  return (
    <div class="capacity">
      <Bar label="RAM" total={facts.memoryTotalMb} free={facts.memoryFreeMb} />
      <Bar label="Disk" total={facts.diskTotalMb} free={facts.diskFreeMb} />
    </div>
  );
}

function Bar({ label, total, free }: { label: string; total: number | null; free: number | null }) {
  if (total === null || free === null || total <= 0) return null;
  const share = Math.min(1, Math.max(0, (total - free) / total));
  const family = share >= 0.95 ? 'bad' : share >= 0.85 ? 'wait' : 'idle';
  return (
    <div class="bar">
      <span class="bar-label">{label}</span>
      <svg
        class={`bar-track family-${family}`}
        viewBox="0 0 100 6"
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <rect class="bar-rest" width="100" height="6" rx="0" />
        <rect width={share * 100} height="6" fill="currentColor" />
      </svg>
      <span class="bar-words small tabular">
        {percentWords(share)} of {sizeWords(total)}
      </span>
    </div>
  );
}
