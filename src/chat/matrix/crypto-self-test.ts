import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { SurfaceHealth } from '#chat/surface-port.ts';
import { type EncryptionLibrary, installLibrary, loadEncryptionLibrary } from './encryption-library.ts';
import { wordsOf } from './encryption-state.ts';
import { openRoomEncryption, type RoomEncryption, type RoomEncryptionDeps } from './room-encryption.ts';

/**
 * For doctor: whether encrypted rooms can be served. Makes keys in a temporary folder, encrypts with them, lets go of
 * them, reads them from the disk again and decrypts. Nothing of it leaves the machine.
 */
export async function testMatrixEncryption(
  load: () => Promise<EncryptionLibrary> = loadEncryptionLibrary,
): Promise<SurfaceHealth> {
  let library: EncryptionLibrary;
  try {
    library = await load();
  } catch (error) {
    return {
      ok: false,
      detail: `The Matrix encryption library can’t be loaded: ${wordsOf(error)}. Unencrypted rooms work, and Chiffon neither reads nor writes in encrypted ones.`,
      remedy: installLibrary,
    };
  }
  const folder = await mkdtemp(join(tmpdir(), 'chiffon-matrix-'));
  try {
    const board = createNoticeBoard();
    const open = (): Promise<RoomEncryption> => openAlone(library, join(folder, 'keys.sqlite'), board);
    const first = await open();
    const rules = {
      algorithm: 'm.megolm.v1.aes-sha2',
      rotationMs: 60_000,
      rotationMessages: 100,
      historyVisibility: 'joined',
      readers: [userId],
    } as const;
    const content = await first.seal(room, rules, 'm.room.message', { body: 'self-test' });
    await first.close();
    const second = await open();
    const event = {
      event_id: '$self-test',
      type: 'm.room.encrypted',
      sender: userId,
      origin_server_ts: 0,
      content,
    };
    const opened = await second.open(room, event);
    await second.close();
    if (opened.kind !== 'clear')
      throw new Error(`what was encrypted could not be read with the keys on the disk (${opened.kind})`);
    return {
      ok: true,
      detail: 'Encrypted rooms can be served: keys were made, kept on the disk, and used.',
      remedy: null,
    };
  } catch (error) {
    return {
      ok: false,
      detail: `The Matrix encryption library is there and does not work: ${wordsOf(error)}`,
      remedy: `Check that there is room on the disk. ${installLibrary}`,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const userId = '@self-test:localhost';
const device = 'SELFTEST';
const room = '!self-test:localhost';

const Signed = z.looseObject({
  signatures: z.record(z.string(), z.record(z.string(), z.string())).default({}),
});
const Upload = z.object({ device_keys: Signed.optional() });
const Signatures = z.record(z.string(), z.record(z.string(), Signed));

type Ask = RoomEncryptionDeps['call'];

/** The little of a homeserver that one device needs: it shows what was published. */
function createNoticeBoard(): Ask {
  let published: z.infer<typeof Signed> | undefined;
  let identity: Readonly<Record<string, unknown>> = {};
  return ({ path, body }) => {
    if (path.endsWith('/keys/upload')) published = Upload.parse(body).device_keys ?? published;
    if (path.endsWith('/device_signing/upload')) identity = z.record(z.string(), z.unknown()).parse(body);
    if (path.endsWith('/signatures/upload') && published !== undefined) {
      // A signature comes with the device it is on, and joins those that are there.
      const added = Signatures.parse(body)[userId]?.[device]?.signatures[userId];
      const all = { ...published.signatures[userId], ...added };
      published = { ...published, signatures: { [userId]: all } };
    }
    const own = (key: unknown): object => (key === undefined ? {} : { [userId]: key });
    return Promise.resolve({
      device_keys: own(published === undefined ? undefined : { [device]: published }),
      master_keys: own(identity['master_key']),
      self_signing_keys: own(identity['self_signing_key']),
      user_signing_keys: own(identity['user_signing_key']),
      one_time_key_counts: {},
      one_time_keys: {},
      failures: {},
    });
  };
}

async function openAlone(library: EncryptionLibrary, file: string, call: Ask): Promise<RoomEncryption> {
  const silence = (): void => undefined;
  const log = { info: silence, warn: silence, error: silence };
  return await openRoomEncryption({ library, userId, device, file, call, log });
}
