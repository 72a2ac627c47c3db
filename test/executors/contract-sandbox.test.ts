import { executorContract } from '../contracts/executor-contract.ts';
import { openSandboxWorld } from './support/sandbox-world.ts';

executorContract('the SSH executor on the sandbox', async () => await openSandboxWorld());
