import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

const name = 'demo-web';

/** Renders the files that supervise a service on a host without containers: the very ones that plans write. */
export type RenderService = (service: {
  readonly name: string;
  readonly title: string;
  readonly command: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
}) => readonly { readonly path: string; readonly content: string; readonly mode: string }[];

/** Puts a small web service on the sandbox, enabled, listening on the first free port from 8090 up. */
export async function installDemoWeb(home: string, renderService: RenderService): Promise<void> {
  const port = await freePortFrom(8090);
  const files = renderService({
    name,
    title: 'Demo web page',
    command: 'exec node "$PWD/server.mjs"',
    port,
    environment: {},
  });
  await mkdir(join(home, 'services', name), { recursive: true });
  await writeFile(join(home, 'services', name, 'server.mjs'), server);
  for (const { path, content, mode } of files) {
    await writeFile(join(home, path), content, { mode: Number.parseInt(mode, 8) });
  }
  await writeFile(join(home, 'services', name, 'enabled'), '');
}

async function freePortFrom(first: number): Promise<number> {
  for (let port = first; port < 65_536; port++) {
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error(`no port from ${first} up is free`);
}

const server = `// A small page that shows the sandbox is alive.
import { createServer } from 'node:http';
import { hostname } from 'node:os';

const port = Number(process.env.PORT);
const since = new Date();

const page = () => \`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Demo web page</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-content: center; text-align: center;
         font: 1.1rem/1.6 system-ui, sans-serif; color: #2c2a33; background: #f6f1ea }
  h1 { font-weight: 500; margin: 0 }
  p { margin: .4rem 0; color: #6a6573 }
</style>
<h1>It works</h1>
<p>demo-web runs on the sandbox, port \${port}.</p>
<p>Up since \${since.toISOString().slice(0, 16).replace('T', ' ')} UTC on \${hostname()}.</p>
</html>
\`;

createServer((request, response) => {
  const health = request.url === '/health';
  response.setHeader('content-type', health ? 'application/json' : 'text/html; charset=utf-8');
  response.end(health ? JSON.stringify({ status: 'ok', since }) : page());
}).listen(port, '127.0.0.1', () => console.log(\`demo-web listens on port \${port}\`));
`;
