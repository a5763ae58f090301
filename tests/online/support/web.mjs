// A web server that says what a test tells it to say, address by address, and keeps what it was asked.
import http from 'node:http';
import https from 'node:https';

/// `play(request, response)` answers; what it does not answer is 404. `tls` makes it a server with a certificate.
export async function web(play, tls) {
  const asked = [];
  const answer = (request, response) => {
    asked.push({ method: request.method, url: request.url, headers: request.headers, at: Date.now() });
    const [, name] = request.url.split('/');
    const [path] = name.split('?');
    const known = play[path];
    if (known) known(request, response);
    else response.writeHead(404).end('nothing here');
  };
  const server = tls ? https.createServer(tls, answer) : http.createServer(answer);
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  // One that a failed test did not stop does not keep the others waiting.
  server.unref();
  const { port } = server.address();
  return {
    asked,
    port,
    at: (path = '') => `${tls ? 'https' : 'http'}://127.0.0.1:${port}/${path}`,
    of: (path) => asked.filter((one) => one.url === `/${path}`).map((one) => one.method),
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

export const says = (status, headers = {}, body = '') => (_, response) => response.writeHead(status, headers).end(body);
