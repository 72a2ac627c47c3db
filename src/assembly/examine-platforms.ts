import type { Check } from '#flow/examine-house.ts';
import type { Config } from '#platform/config/config.ts';

/** What can be said about the chat platforms without talking to them: whether Matrix can be spoken in encrypted rooms. */
export async function examinePlatforms(config: Config): Promise<readonly Check[]> {
  if (config.matrix.token === null) return [];
  const { testMatrixEncryption } = await import('#chat/matrix/crypto-self-test.ts');
  return [{ name: 'matrix encryption', ...(await testMatrixEncryption()) }];
}
