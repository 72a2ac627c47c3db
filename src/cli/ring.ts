import { testMessage } from '#notify/alert-message.ts';
import { createPhone } from '#notify/create-phone.ts';
import type { CommandLine } from './command-line.ts';
import { openConfig } from './open-config.ts';
import { exit, type Terminal } from './output.ts';

/** Rings the configured phones, or the named one, so that somebody can see whether they would. */
export async function ring(line: CommandLine, terminal: Terminal): Promise<number> {
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const { phones, console: page } = opened.config;
  const [wanted] = line.words;
  const chosen = phones.filter((phone) => wanted === undefined || phone.name === wanted);
  if (chosen.length === 0) {
    const known = phones.map((phone) => phone.name).join(', ');
    terminal.remark(
      known === ''
        ? 'No phone is configured. Add one under "phones" in the configuration; config/chiffon.yaml shows how.'
        : `No phone is called ${wanted}. Configured: ${known}.`,
    );
    return exit.usage;
  }
  const message = testMessage(page.publicUrl);
  const rung = await Promise.all(
    chosen.map(async (setting) => ({ phone: setting.name, ...(await createPhone(setting).ring(message)) })),
  );
  if (terminal.json) terminal.answer({ ok: rung.every(({ ok }) => ok), phones: rung });
  else {
    for (const one of rung)
      terminal.line(one.ok ? `✓ ${one.phone} took the message.` : `✕ ${one.phone}: ${one.reason}`);
  }
  return rung.every(({ ok }) => ok) ? exit.done : exit.failed;
}
