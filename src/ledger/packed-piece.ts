import { Buffer, transcode } from 'node:buffer';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { visible } from './storable-text.ts';

/** A piece of a log as it is stored: as it is, or compressed. */
export interface StoredPiece {
  /** How long it is in UTF-8, not compressed. */
  readonly bytes: number;
  readonly plain: Buffer | null;
  readonly packed: Buffer | null;
}

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** In bytes. Shorter pieces stay readable for whoever looks into the table, and would gain little. */
const packedFrom = 16 * 1024;
/** zstd's fastest ordinary level: a third of a core for 200 MiB a second, on a thread of its own. */
const level = 1;
/**
 * What comes out is fetched from that thread in portions of so many bytes. Each waits for the event loop once, and with Node's usual
 * 16 KiB a piece would wait for a busy one seven times.
 */
const portion = 256 * 1024;

/** @param text what PostgreSQL can't store in it is made visible, as `visible` does. */
export async function packPiece(text: string): Promise<StoredPiece> {
  const plain = visibleBytes(text);
  if (plain.length < packedFrom) return { bytes: plain.length, plain, packed: null };
  const packed = await compress(plain, {
    chunkSize: portion,
    params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  return { bytes: plain.length, plain: null, packed };
}

/** The UTF-8 of a text as `visible` shows it. NUL is looked for in bytes, where that is quick. */
function visibleBytes(text: string): Buffer {
  const bytes = utf8Of(text);
  return bytes.includes(0) ? Buffer.from(visible(text), 'utf8') : bytes;
}

/** Half a surrogate pair becomes U+FFFD. */
function utf8Of(text: string): Buffer {
  // Several times faster where not all is ASCII, but it takes no half of a pair.
  if (text.length >= packedFrom && text.isWellFormed())
    return transcode(Buffer.from(text, 'utf16le'), 'utf16le', 'utf8');
  return Buffer.from(text, 'utf8');
}

/**
 * The text of a compressed piece.
 *
 * @param bytes how long it has to be.
 * @throws Error when it is damaged.
 */
export async function unpackPiece(packed: Buffer, bytes: number): Promise<string> {
  const plain = await decompress(packed, { chunkSize: portion, maxOutputLength: bytes });
  if (plain.length !== bytes) throw new Error(`a piece of ${bytes} bytes of a log has ${plain.length}`);
  return plain.toString('utf8');
}
