/** Where a host is and how to log in, from the configuration. */
export interface HostAddress {
  /** The name people and plans use. */
  readonly name: string;
  /** Host name or IP address. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Private key files, tried in this order. */
  readonly keyFiles: readonly string[];
  /** File whose first line is the passphrase of the private keys that need one. */
  readonly passphraseFile?: string;
  /** Whether the agent behind `SSH_AUTH_SOCK` is asked too, after the key files. */
  readonly agent?: boolean;
  /** Name of the host to go through. */
  readonly jump?: string;
  /** The address under which the host's services are opened, when it is not `address`. */
  readonly serviceAddress?: string;
}
