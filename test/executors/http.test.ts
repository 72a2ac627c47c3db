import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpStep } from '#core/step.ts';
import { performHttp } from '#executors/http/perform-http.ts';
import { Detached, type OutputChunk, type PerformOptions } from '#flow/executor-port.ts';
import { freshAttempt, shellStep } from './support/perform-command.ts';
import { closedPort } from './support/sandbox-world.ts';

describe('an HTTP step', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  const serve = async (listener: RequestListener) => {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };
  const ask = async (url: string, more: Partial<HttpStep> = {}, how: Partial<PerformOptions> = {}) => {
    const { command: _, ...common } = shellStep('somewhere', 'unused');
    const notes: OutputChunk[] = [];
    const result = await performHttp(
      { ...common, uses: 'http', url, expectStatus: [200], withinSeconds: 1, ...more },
      {
        attemptId: freshAttempt(),
        resumeAt: { out: 0, err: 0 },
        onOutput: async (chunk) => void notes.push(chunk),
        signal: new AbortController().signal,
        detach: new AbortController().signal,
        ...how,
      },
    );
    return { result, notes };
  };

  it('succeeds at the first good answer', async () => {
    const url = await serve((_, response) => response.end('fine'));
    const { result, notes } = await ask(url, { expectBody: 'fine' });
    expect(result).toMatchObject({ outcome: 'succeeded', errorClass: null, records: { status: '200' } });
    expect(result.summary).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ answered 200 (at once|after \d+\.\d s)$/);
    expect(notes).toEqual([]);
  });

  it('keeps asking until the service is ready, and notes what it saw on the way', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      response.statusCode = ++asked < 4 ? 503 : 200;
      response.end();
    });
    const { result, notes } = await ask(url, { withinSeconds: 20 });
    expect([result.outcome, asked]).toEqual(['succeeded', 4]);
    expect(notes.map((chunk) => [chunk.stream, chunk.text])).toEqual([
      ['note', `${url}: it answered 503 instead of 200\n`],
    ]);
  });

  it('calls a service that answers wrongly unhealthy', async () => {
    const url = await serve((_, response) => response.writeHead(500).end());
    expect((await ask(url)).result).toMatchObject({
      outcome: 'failed',
      errorClass: 'unhealthy',
      summary: `${url} did not become healthy within 1 s; last: it answered 500 instead of 200`,
    });
  });

  it('calls a page without the expected text unhealthy', async () => {
    const url = await serve((_, response) => response.end('something else'));
    const { result } = await ask(url, { expectBody: 'Uptime Kuma' });
    expect(result).toMatchObject({ outcome: 'failed', errorClass: 'unhealthy' });
    expect(result.summary).toContain('does not contain "Uptime Kuma"');
  });

  it('says when nobody answers', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/`;
    expect((await ask(url)).result).toMatchObject({
      outcome: 'failed',
      errorClass: 'network_error',
      summary: `${url} did not answer within 1 s; last: connection refused`,
    });
  });

  it('does not wait longer than planned for a service that hangs', async () => {
    const url = await serve(() => {});
    const began = performance.now();
    expect((await ask(url)).result).toMatchObject({ outcome: 'failed', errorClass: 'network_error' });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('follows redirects, also relative ones, but not for ever', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/end') response.end('there');
      else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else response.writeHead(302, { location: request.url === '/' ? 'middle' : '/end' }).end();
    });
    expect((await ask(url, { expectBody: 'there' })).result.outcome).toBe('succeeded');
    expect((await ask(`${url}loop`)).result).toMatchObject({ outcome: 'failed', errorClass: 'unhealthy' });
  });

  it('takes a redirect for the answer where one is expected', async () => {
    const url = await serve((_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    );
    expect((await ask(url, { expectStatus: [302] })).result.outcome).toBe('succeeded');
  });

  it('reads no more of a page than it must', async () => {
    const url = await serve((_, response) => {
      response.write('start');
      const more = setInterval(() => response.write('x'.repeat(65_536)), 1);
      response.on('close', () => clearInterval(more));
    });
    expect((await ask(url, { expectBody: 'start', withinSeconds: 10 })).result.outcome).toBe('succeeded');
  });

  it('stops on request and lets go on request', async () => {
    const url = await serve(() => {});
    const how = { withinSeconds: 600 };
    expect((await ask(url, how, { signal: AbortSignal.timeout(50) })).result.outcome).toBe('cancelled');
    await expect(ask(url, how, { detach: AbortSignal.timeout(50) })).rejects.toThrow(Detached);
  });
});
