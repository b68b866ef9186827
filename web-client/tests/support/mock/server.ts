import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { AddressInfo } from 'node:net';

export const POLICY_HEADER =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

export interface Ask {
  method: string;
  path: string;
  query: URLSearchParams;
  body: string;
  cookie: string | null;
}

export interface Reply {
  status?: number;
  json?: unknown;
  text?: string;
  bytes?: Uint8Array;
  cookie?: string;
  seq?: number;
}

export type Handler = (ask: Ask) => Reply | null;

/** Serves the built page as the node does, and the interface by a handler. */
const listeners = new Set<ServerResponse>();

/** Tells every open page that an entry was made. */
export function announce(kind: string, index: number): void {
  for (const listener of listeners) {
    listener.write(`id: ${index}\nevent: ${kind}\ndata: {"index":${index},"kind":"${kind}"}\n\n`);
  }
}

export function serve(dist: string, handler: Handler, port = 0): Promise<{ url: string; stop: () => void }> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      answer(dist, handler, request, body, response);
    });
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      const { port: used } = server.address() as AddressInfo;
      resolve({ url: `http://127.0.0.1:${used}`, stop: () => {
        server.closeAllConnections();
        server.close();
      } });
    });
  });
}

function answer(
  dist: string,
  handler: Handler,
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '/', 'http://x');
  response.setHeader('content-security-policy', POLICY_HEADER);
  const cookie = /hp_session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? null;
  const method = request.method ?? 'GET';
  if (url.pathname === '/v1/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': hello\n\n');
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
    return;
  }
  const reply = handler({ method, path: url.pathname, query: url.searchParams, body, cookie });
  if (reply) send(response, reply);
  else sendFile(dist, url.pathname, response);
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply.cookie !== undefined) {
    response.setHeader('set-cookie', `hp_session=${reply.cookie}; HttpOnly; SameSite=Strict; Path=/`);
  }
  if (reply.seq !== undefined) response.setHeader('handprint-seq', String(reply.seq));
  if (reply.bytes) {
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(reply.bytes);
    return;
  }
  const type = reply.text === undefined ? 'application/json' : 'text/plain; charset=utf-8';
  response.writeHead(reply.status ?? 200, { 'content-type': type });
  response.end(reply.text ?? JSON.stringify(reply.json ?? {}));
}

function sendFile(dist: string, path: string, response: ServerResponse): void {
  const file = join(dist, path);
  const found = path !== '/' && existsSync(file) ? file : join(dist, 'index.html');
  response.writeHead(200, { 'content-type': TYPES[extname(found)] ?? 'application/octet-stream' });
  response.end(readFileSync(found));
}
