import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';

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

export async function packPiece(text: string): Promise<StoredPiece> {
  const plain = Buffer.from(text, 'utf8');
  if (plain.length < packedFrom) return { bytes: plain.length, plain, packed: null };
  const packed = await compress(plain, {
    params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  return { bytes: plain.length, plain: null, packed };
}

/**
 * The text of a compressed piece.
 *
 * @param bytes how long it has to be.
 * @throws Error when it is damaged.
 */
export async function unpackPiece(packed: Buffer, bytes: number): Promise<string> {
  const plain = await decompress(packed, { maxOutputLength: bytes });
  if (plain.length !== bytes) throw new Error(`a piece of ${bytes} bytes of a log has ${plain.length}`);
  return plain.toString('utf8');
}
