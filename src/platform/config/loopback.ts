import { isIP } from 'node:net';

/** Whether only this machine can reach a host name or address. */
export function isLoopback(host: string): boolean {
  const address = host.toLowerCase();
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}
