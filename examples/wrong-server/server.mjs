// A small log service in Node.js that gets five things wrong. It is here to be
// tested: see README.md.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const project = '0123456789abcdef0123456789abcdef';
const other = 'fedcba9876543210fedcba9876543210';
const groups = new Map(); // by ID: {name, ttl, project, created, streams}
const tokens = new Map(); // to project

class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

const unknownAPI = () => new Refusal(404, 'APIGW.0101', 'The API does not exist or has not been published in the environment');
const badBody = () => new Refusal(400, 'LTS.0009', 'Failed to validate the request body');

function login({ auth }) {
  const user = auth?.identity?.password?.user;
  if (user?.name !== 'dev' || user?.password !== 'dev' || user?.domain?.name !== 'dev') {
    throw Object.assign(new Error('The username or password is wrong.'), { status: 401, keystone: true });
  }
  const scope = auth.scope?.project;
  const id = scope?.id ?? { dev: project, other }[scope?.name];
  const token = Buffer.from(`${randomUUID()}`.repeat(30)).toString('base64url').slice(0, 1200);
  tokens.set(token, id);
  const now = Date.now();
  const time = (at) => new Date(at).toISOString().replace('Z', '000Z');
  const domain = { id: 'd0000000000000000000000000000001', name: 'dev' };
  const name = id === other ? 'other' : 'dev';
  return {
    status: 201,
    headers: { 'X-Subject-Token': token },
    body: {
      token: {
        methods: ['password'], expires_at: time(now + 86400000), issued_at: time(now), catalog: [],
        roles: [{ id: 'te_admin', name: 'te_admin' }], project: { id, name, domain },
        user: { id: 'a0000000000000000000000000000001', name: 'dev', domain, password_expires_at: '' },
      },
    },
  };
}

// authenticate is not asked by the list of groups: fault 1.
function authenticate(headers, id) {
  const token = headers['x-auth-token'];
  if (!token) throw new Refusal(401, 'LTS.0002', 'Current user is not authenticated correctly, check your token.');
  if (!tokens.has(token)) throw new Refusal(401, 'LTS.0003', 'Incorrect IAM authentication information: decrypt token fail');
  if (tokens.get(token) !== id) throw new Refusal(403, 'LTS.0001', 'Invalid projectId');
}

const groupOf = (id) => groups.get(id) ?? (() => { throw new Refusal(400, 'LTS.0201', 'The log group is not existed'); })();

const routes = [
  ['GET', /^\/v2\/(\w{32})\/groups$/, ([id]) => ({
    status: 200,
    body: {
      log_groups: [...groups].filter(([, g]) => g.project === id).map(([log_group_id, g]) => ({
        log_group_id, log_group_name: g.name, ttl_in_days: g.ttl,
        creation_time: Math.floor(g.created / 1000), // fault 2: seconds
      })),
    },
  })],
  ['POST', /^\/v2\/(\w{32})\/groups$/, ([id], body) => {
    const { log_group_name: name, ttl_in_days: ttl } = body;
    if (typeof name !== 'string' || !/^[A-Za-z0-9_.-]{1,64}$/.test(name)) throw badBody();
    // Fault 3: any lifetime will do. Fault 4: nobody looks whether there is a group of that name.
    const group = randomUUID();
    groups.set(group, { name, ttl: Number(ttl), project: id, created: Date.now(), streams: new Map() });
    return { status: 201, body: { log_group_id: group } };
  }],
  ['DELETE', /^\/v2\/(\w{32})\/groups\/([^/]+)$/, ([, group]) => {
    groups.delete(group); // fault 5: what there is not can be deleted
    return { status: 204 };
  }],
  ['POST', /^\/v2\/(\w{32})\/groups\/([^/]+)\/streams$/, ([, id], { log_stream_name: name }) => {
    const group = groupOf(id);
    if (typeof name !== 'string' || !/^[A-Za-z0-9_.-]{1,64}$/.test(name)) throw badBody();
    if ([...group.streams.values()].some((s) => s.name === name)) throw new Refusal(400, 'LTS.0205', 'The log stream name has been existed');
    const stream = randomUUID();
    group.streams.set(stream, { name, created: Date.now() });
    return { status: 201, body: { log_stream_id: stream } };
  }],
  ['GET', /^\/v2\/(\w{32})\/groups\/([^/]+)\/streams$/, ([, id]) => ({
    status: 200,
    body: { log_streams: [...groupOf(id).streams].map(([log_stream_id, s]) => ({ log_stream_id, log_stream_name: s.name, creation_time: s.created, filter_count: 0, is_favorite: false })) },
  })],
  ['DELETE', /^\/v2\/(\w{32})\/groups\/([^/]+)\/streams\/([^/]+)$/, ([, id, stream]) => {
    if (!groupOf(id).streams.delete(stream)) throw new Refusal(400, 'LTS.0208', 'The log stream does not existed');
    return { status: 204 };
  }],
];

function answer(method, path, headers, text) {
  if (method === 'POST' && path === '/v3/auth/tokens') return login(JSON.parse(text));
  const found = routes.map(([m, pattern, handle]) => ({ match: m === method && path.match(pattern), handle })).find((r) => r.match);
  if (!found) throw unknownAPI();
  if (method !== 'GET' || !path.endsWith('/groups')) authenticate(headers, found.match[1]);
  let body;
  if (method === 'POST') {
    try { body = JSON.parse(text); } catch { throw new Refusal(400, 'LTS.0007', 'The request body format must be json'); }
    if (body === null || typeof body !== 'object' || Array.isArray(body)) throw badBody();
  }
  return found.handle(found.match.slice(1), body);
}

const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (part) => { text += part; });
  request.on('end', () => {
    let reply;
    try {
      reply = answer(request.method, request.url.split('?')[0], request.headers, text);
    } catch (e) {
      reply = e.keystone
        ? { status: e.status, body: { error: { code: e.status, message: e.message, title: 'Unauthorized' } } }
        : { status: e.status ?? 500, body: { error_code: e.code ?? 'LTS.0010', error_msg: e.message } };
    }
    response.writeHead(reply.status, { ...(reply.body && { 'Content-Type': 'application/json' }), 'X-Request-Id': randomUUID(), ...reply.headers });
    response.end(reply.body && JSON.stringify(reply.body));
  });
});

server.listen(Number(process.env.PORT ?? 9090), '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
