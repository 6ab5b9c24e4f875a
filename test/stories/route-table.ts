import { randomInt, randomUUID } from 'node:crypto'
import type { Act } from '../../src/domain/policy.ts'

/** One brand's ids of every kind, ids of another brand, or ids that nobody has: what a path, query or body is filled with. */
export interface Ids {
  readonly accountId: string
  readonly conversationId: string
  readonly callId: string
  readonly senderId: string
  readonly senderAddress: string
  /** Of an in-app sender. */
  readonly appAddress: string
  readonly skillId: string
  readonly skill: string
  readonly handoffId: string
  readonly appKey: string
  readonly clientId: string
  readonly clientSecret: string
  readonly userId: string
  readonly cursor: string
  /** A template that waits to be submitted. */
  readonly templateId: string
  readonly waSenderId: string
  /** A message of the conversation, with a file that its provider can give. */
  readonly messageId: string
  readonly optOutId: string
  readonly erasureId: string
  readonly cannedReplyId: string
  /** Of an export that has ended, and has no file. */
  readonly exportId: string
  readonly scheduleId: string
  readonly endpointId: string
  /** Of a delivery to that endpoint. */
  readonly deliveryNumber: string
  readonly priceId: string
  /** Of a file in its message. */
  readonly place: string
}

export type Door =
  /** Signed-in people. */
  | 'session'
  /** Signed-in people, and systems with an API key or an AppJWT. */
  | 'admin'
  /** Systems with an API key or an AppJWT: the published API. */
  | 'published'
  /** The operator's token and nothing else. */
  | 'operator'

/** A route whose path, query or body holds ids of a brand: each caller tries each kind of id. */
export interface GuardedRoute {
  readonly door: Door
  readonly act: Act
  readonly query?: (ids: Ids) => string
  /** A body that is right, filled with these ids. */
  readonly body?: (ids: Ids) => unknown
  /** The ids of children that query and body name, when the path names none. */
  readonly names?: 'children'
  /** What a caller who may is answered with ids of the own brand; default 200. */
  readonly own?: number
}

/** A route without a brand's ids, or with a proof of its own; the sentence says which, played in `bola.test.ts` where it matters. */
export interface OpenRoute {
  readonly open: string
}

const admin = '/api/admin/accounts/:accountId'
const workspace = '/api/workspace/conversations'
const sdkFiles = ['index', 'inbox', 'kept', 'push', 'requests', 'stream'].map((name) => `/sdk/${name}.js`)
const span = 'attemptedStartTime=1767225600000&attemptedEndTime=1767312000000'
/** The published reporting and handoff APIs, each for both products, some with the slash at the end and without. */
const reporting = ['c2m', 'prmsg'].flatMap((app): [string, GuardedRoute][] => {
  const path = `/api/account/:accountId/app/${app}`
  const counts: GuardedRoute = { door: 'published', act: 'reports.read', query: () => span }
  const rows: GuardedRoute = { door: 'published', act: 'transactions.read', query: () => `${span}&v=2.0` }
  const handoffs: GuardedRoute = { door: 'published', act: 'handoffs.read' }
  const names = ['wa', 'sms-twilio', 'inapp', 'sms', 'twilio', 'apple-twilio', 'googlercs']
  return [
    ...['', '/'].flatMap((end): [string, GuardedRoute][] => [
      [`GET ${path}/analytics${end}`, counts],
      [
        `POST ${path}/analytics${end}`,
        { ...counts, names: 'children', body: (ids) => ({ skills: [ids.skill], handoffids: [ids.handoffId] }) },
      ],
      [
        `POST ${path}/transactions${end}`,
        {
          ...rows,
          names: 'children',
          body: (ids) => ({ filters: { transactionids: [ids.callId], skills: [ids.skill] } }),
        },
      ],
    ]),
    ...['', ...names.map((name) => `/channel/${name}`)].map((end): [string, GuardedRoute] => [
      `GET ${path}/handoffs/list${end}`,
      handoffs,
    ]),
  ]
})
const period = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }
/** Our own reports, at both doors. */
const reports = [
  ['/api/reports', 'session'] as const,
  ['/api/account/:accountId/app/c2m/reports', 'published'] as const,
].flatMap(([path, door]): [string, GuardedRoute][] => [
  [
    `POST ${path}/query`,
    {
      ...{ door, act: 'reports.read', names: 'children' },
      body: (ids) => ({
        ...{ ...period, groupBy: ['skill', 'handoff'] },
        filters: { skills: [ids.skillId], handoffs: [ids.handoffId], senders: [ids.senderId] },
      }),
    },
  ],
  [
    `POST ${path}/calls`,
    {
      ...{ door, act: 'transactions.read', names: 'children' },
      body: (ids) => ({
        ...{ ...period, group: { skill: { id: ids.skillId } }, filters: { handoffs: [ids.handoffId] } },
      }),
    },
  ],
  [`POST ${path}/opt-outs`, { door, act: 'opt-outs.read', body: (ids) => ({ ...period, cursor: ids.cursor }) }],
  [
    `POST ${path}/variants`,
    { door, act: 'reports.read', names: 'children', body: (ids) => ({ ...period, handoffId: ids.handoffId }) },
  ],
])
/** Exports have two doors: the console's, and the one whose path names the account. */
const exportRoutes = (
  [
    ['session', '/api'],
    ['admin', '/api/admin/accounts/:accountId'],
  ] as const
).flatMap(([door, path]): [string, GuardedRoute][] => {
  const wanted = { kind: 'transactions', format: 'csv', from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }
  const destination = {
    ...{ to: 'bucket', endpoint: 'https://s3.example.com', region: 'us-east-1', bucket: 'exports', prefix: 'daily' },
    ...{ accessKeyId: 'AKIDEXAMPLE', addressing: 'path' },
  }
  const schedule = { title: 'Every night', kind: 'transactions', format: 'csv', destination, secretAccessKey: 'secret' }
  const [read, change] = ['export-schedules.read', 'export-schedules.change'] as const
  return [
    [`GET ${path}/exports`, { door, act: 'exports.read' }],
    [`POST ${path}/exports`, { door, act: 'exports.change', own: 202, body: () => wanted }],
    [`POST ${path}/exports/at-once`, { door, act: 'exports.change', body: () => wanted }],
    [`GET ${path}/exports/:exportId`, { door, act: 'exports.read' }],
    // It has no file: known or not, there is none.
    [`GET ${path}/exports/:exportId/file`, { door, act: 'exports.read', own: 404 }],
    [`DELETE ${path}/exports/:exportId`, { door, act: 'exports.change', own: 204 }],
    [`GET ${path}/export-schedules`, { door, act: read }],
    [`POST ${path}/export-schedules`, { door, act: change, own: 201, body: () => schedule }],
    [`PATCH ${path}/export-schedules/:scheduleId`, { door, act: change, body: () => ({ hour: 4 }) }],
    [`POST ${path}/export-schedules/:scheduleId/run`, { door, act: change, own: 202 }],
    [`DELETE ${path}/export-schedules/:scheduleId`, { door, act: change, own: 204 }],
  ]
})
const fresh = (word: string) => `${word} ${randomUUID().slice(0, 8)}`
const newNumber = () => `+1206${randomInt(2_000_000, 9_999_999)}`
const smsChannel = (ids: Ids) => [{ channel: 'sms', sender: ids.senderId, text: 'Reply to continue.' }]
const publishedBody = (ids: Ids) => ({
  consumerPhoneNumber: '+12065550100',
  handoffId: ids.handoffId,
  skill: ids.skill,
})

/**
 * EVERY route of the server. A new route without a row here fails `bola.test.ts`: add the row, and say what a right body
 * is. HEAD goes with its GET.
 */
export const routeTable: Readonly<Record<string, GuardedRoute | OpenRoute>> = {
  'GET /health/live': { open: 'for the machinery, nothing of any brand' },
  'GET /health/ready': { open: 'for the machinery, nothing of any brand' },
  'GET /metrics': { open: 'counts without labels of brands (promise P9)' },
  'GET /openapi.json': { open: 'the same for everybody' },
  'GET /docs': { open: 'the same for everybody' },
  'GET /docs/': { open: 'the same for everybody' },
  'GET /docs/*': { open: 'the same for everybody' },
  'GET /docs/json': { open: 'the same for everybody' },
  'GET /docs/yaml': { open: 'the same for everybody' },
  'GET /docs/static/index.html': { open: 'the same for everybody' },
  'GET /docs/static/swagger-initializer.js': { open: 'the same for everybody' },
  'GET /sentinel/well-known/jwks': { open: 'public keys of the deployment' },
  'GET /api/account/:accountId/service/baseURI.json': { open: 'the published domain lookup, public by contract' },
  'GET /api/account/:accountId/service/:serviceName/baseURI.json': {
    open: 'the published domain lookup, public by contract',
  },
  ...Object.fromEntries(reporting),
  ...Object.fromEntries(exportRoutes),
  ...Object.fromEntries(reports),
  'POST /api/session': { open: 'signing in: the password is the proof (sessions.test.ts)' },
  'GET /api/session': { open: 'names nothing: the session is the only id (sessions.test.ts)' },
  'DELETE /api/session': { open: 'names nothing: the session is the only id (sessions.test.ts)' },
  'POST /sentinel/api/account/:accountId/app/token': { open: 'client id and secret are the proof: played below' },
  'POST /sentinel/api/v2/account/:accountId/app/token': { open: 'client id and secret are the proof: played below' },
  'GET /hooks/:connector/:accountId/:senderId': { open: 'the provider’s signature is the proof: played below' },
  'POST /hooks/:connector/:accountId/:senderId': { open: 'the provider’s signature is the proof: played below' },
  'GET /simulator/provider/:accountId/:senderId/messages': { open: 'signed like a provider’s: played below' },
  'POST /simulator/provider/:accountId/:senderId/messages': { open: 'signed like a provider’s: played below' },
  'GET /simulator/provider/:accountId/:senderId/files/:id': { open: 'signed like a provider’s: played below' },
  'POST /simulator/phones/:number/files': { open: 'the sandbox’s pretend phones, open in the sandbox only' },
  'GET /simulator/phones/:number/files/:id': { open: 'the sandbox’s pretend phones, open in the sandbox only' },
  'GET /simulator/phones/:number/messages': { open: 'the sandbox’s pretend phones, open in the sandbox only' },
  'POST /simulator/phones/:number/messages': { open: 'the sandbox’s pretend phones, open in the sandbox only' },
  ...Object.fromEntries(
    [
      'GET /lines',
      'POST /calls',
      'GET /calls/:callId',
      'POST /calls/:callId/invite',
      'GET /provider',
      'PUT /provider',
    ].map((route) => [
      route.replace(' ', ' /simulator'),
      { open: 'the sandbox brand’s own people, in the sandbox only: played in pretend-calls.test.ts' },
    ]),
  ),

  ...Object.fromEntries(
    ['', '/app.css', '/app.js', '/brand-phone.js', '/icon.svg', '/service-worker.js', '/brand', ...sdkFiles].map(
      (path) => [`GET /simulator/app${path}`, { open: 'the sandbox’s pretend app, open in the sandbox only' }],
    ),
  ),
  'POST /simulator/app/consumer-token': { open: 'vouches for the sandbox’s own consumers, in the sandbox only' },
  'POST /simulator/app/call': { open: 'the sandbox’s own telephone menu, in the sandbox only' },
  'GET /files/:accountId/:token': { open: 'the token in the address is the proof (files.test.ts)' },
  'POST /api/device/registrations': { open: 'the brand’s word for a consumer is the proof (device.test.ts)' },
  'GET /api/device/web-push-key': { open: 'a public key of an app' },
  'PUT /api/device/registration': { open: 'names nothing: the device token is the only id (device.test.ts)' },
  'DELETE /api/device/registration': { open: 'names nothing: the device token is the only id (device.test.ts)' },
  'GET /api/device/messages': { open: 'names nothing: the device token is the only id (device.test.ts)' },
  'POST /api/device/messages': { open: 'names nothing: the device token is the only id (device.test.ts)' },
  'POST /api/device/receipts': { open: 'messages of the device’s own consumer alone: played below' },
  'POST /api/device/typing': { open: 'names nothing: the device token is the only id (device.test.ts)' },
  'GET /api/device/stream': { open: 'names nothing: the device token is the only id (device.test.ts)' },
  'OPTIONS /api/device/registrations': { open: 'a browser asks whether it may ask' },
  'OPTIONS /api/device/registration': { open: 'a browser asks whether it may ask' },
  'OPTIONS /api/device/web-push-key': { open: 'a browser asks whether it may ask' },
  'OPTIONS /api/device/messages': { open: 'a browser asks whether it may ask' },
  'OPTIONS /api/device/receipts': { open: 'a browser asks whether it may ask' },
  'OPTIONS /api/device/typing': { open: 'a browser asks whether it may ask' },
  'OPTIONS /api/device/stream': { open: 'a browser asks whether it may ask' },

  'POST /api/account/:accountId/consumer-token': {
    ...{ door: 'published', act: 'consumers.vouch', own: 201, names: 'children' },
    body: ({ appAddress }) => ({ consumerId: 'a consumer', app: appAddress }),
  },
  'POST /api/account/:accountId/eligibility': {
    ...{ door: 'published', act: 'calls.engage', query: () => 'v=2.0', names: 'children' },
    body: publishedBody,
  },
  'POST /api/account/:accountId/invite': {
    ...{ door: 'published', act: 'calls.engage', query: () => 'v=2.0', names: 'children' },
    // This call was invited before: asked again it is answered as the first time.
    body: ({ callId }) => ({ callId }),
  },

  'GET /api/workspace/snapshot': { door: 'session', act: 'workspace.read' },
  // A number that was never reached ends the stream at once.
  'GET /api/workspace/events': { door: 'session', act: 'workspace.read', query: () => 'after=999999999999999' },
  'GET /api/workspace/queue': {
    ...{ door: 'session', act: 'workspace.read', names: 'children' },
    query: ({ skillId }) => `skill=${skillId}`,
  },
  [`GET ${workspace}`]: {
    ...{ door: 'session', act: 'workspace.read', names: 'children' },
    query: ({ cursor }) => `list=closed&cursor=${cursor}`,
  },
  [`GET ${workspace}/:conversationId`]: { door: 'session', act: 'workspace.read' },
  [`GET ${workspace}/:conversationId/messages`]: { door: 'session', act: 'workspace.read' },
  [`POST ${workspace}/:conversationId/take`]: { door: 'session', act: 'conversations.take', own: 204 },
  [`POST ${workspace}/:conversationId/reply`]: {
    ...{ door: 'session', act: 'conversations.reply', own: 202 },
    body: () => ({ text: 'Hello', clientId: 'the same everywhere' }),
  },
  [`POST ${workspace}/:conversationId/typing`]: { door: 'session', act: 'conversations.reply', own: 204 },
  [`POST ${workspace}/:conversationId/seen`]: {
    ...{ door: 'session', act: 'workspace.read', own: 204 },
    body: ({ messageId }) => ({ messageId }),
  },
  [`GET ${workspace}/:conversationId/templates`]: { door: 'session', act: 'workspace.read' },
  [`GET ${workspace}/:conversationId/messages/:messageId/media/:place`]: {
    // Nobody has sent a file here: known or not, there is none (media.test.ts plays the rest).
    ...{ door: 'session', act: 'workspace.read', own: 404 },
  },
  [`POST ${workspace}/:conversationId/reply-with-template`]: {
    // The conversation is on SMS, which takes no templates; the same as of a conversation that is not one's own.
    ...{ door: 'session', act: 'conversations.reply-with-template', own: 400 },
    body: ({ templateId }) => ({ templateId, clientId: 'the same everywhere' }),
  },
  [`POST ${workspace}/:conversationId/accept`]: { door: 'session', act: 'conversations.accept', own: 204 },
  [`POST ${workspace}/:conversationId/decline`]: {
    // Their own already, and so offered to nobody.
    ...{ door: 'session', act: 'conversations.decline', own: 409 },
  },
  [`POST ${workspace}/:conversationId/transfer`]: {
    ...{ door: 'session', act: 'conversations.transfer', own: 204 },
    body: ({ skillId }) => ({ skillId, note: 'Please help.' }),
  },
  [`POST ${workspace}/:conversationId/requeue`]: { door: 'session', act: 'conversations.requeue', own: 204 },
  [`POST ${workspace}/:conversationId/assign`]: {
    ...{ door: 'session', act: 'conversations.assign', own: 204 },
    body: ({ userId }) => ({ userId }),
  },
  [`POST ${workspace}/:conversationId/take-over`]: { door: 'session', act: 'conversations.take-over', own: 204 },
  [`POST ${workspace}/:conversationId/join`]: { door: 'session', act: 'conversations.join', own: 204 },
  [`POST ${workspace}/:conversationId/leave`]: { door: 'session', act: 'conversations.leave', own: 204 },
  'PUT /api/workspace/presence': {
    ...{ door: 'session', act: 'presence.set', own: 204 },
    body: () => ({ status: 'online' }),
  },
  'POST /api/workspace/presence/sign-of-life': { door: 'session', act: 'workspace.read', own: 204 },
  [`POST ${workspace}/:conversationId/close`]: { door: 'session', act: 'conversations.close', own: 204 },
  'GET /api/transactions/:callId': { door: 'session', act: 'transactions.read' },
  [`POST ${workspace}/:conversationId/notes`]: {
    ...{ door: 'session', act: 'conversations.note', own: 201 },
    body: () => ({ text: 'For colleagues', clientId: 'the same everywhere' }),
  },
  [`PUT ${workspace}/:conversationId/tags`]: {
    ...{ door: 'session', act: 'conversations.tag' },
    body: () => ({ tags: ['VIP'] }),
  },
  [`POST ${workspace}/search`]: {
    ...{ door: 'session', act: 'workspace.read', names: 'children' },
    body: ({ cursor }) => ({ search: 'bill', cursor }),
  },
  [`POST ${workspace}/:conversationId/files`]: {
    // SMS carries no files: known or not, a conversation of one's own takes none (files.test.ts plays the rest).
    ...{ door: 'session', act: 'conversations.reply', own: 400 },
    body: () => 'a file',
  },
  'GET /api/workspace/live': { door: 'session', act: 'live.read' },
  'PUT /api/workspace/stops': {
    ...{ door: 'session', act: 'stops.change', names: 'children' },
    body: ({ skillId }) => ({ skillId, channel: 'wa', stopped: true }),
  },
  'GET /api/workspace/canned-replies': { door: 'session', act: 'workspace.read' },
  'POST /api/transactions/search': {
    ...{ door: 'session', act: 'transactions.read', names: 'children' },
    body: ({ callId, cursor }) => ({ callId, cursor }),
  },

  'GET /api/operator/accounts': { door: 'operator', act: 'accounts.read' },
  'POST /api/operator/accounts': {
    ...{ door: 'operator', act: 'accounts.create', own: 201, names: 'children' },
    body: () => ({ accountId: String(randomInt(10_000_000, 2 ** 40)), title: 'Another brand' }),
  },
  'GET /api/operator/accounts/:accountId': { door: 'operator', act: 'accounts.read' },
  'PATCH /api/operator/accounts/:accountId': {
    ...{ door: 'operator', act: 'accounts.change' },
    body: () => ({ title: 'Test brand' }),
  },

  [`GET ${admin}/settings`]: { door: 'admin', act: 'settings.read' },
  [`PATCH ${admin}/settings`]: {
    ...{ door: 'admin', act: 'settings.change', names: 'children' },
    body: ({ skill }) => ({ defaultSkill: skill }),
  },
  [`GET ${admin}/connectors`]: { door: 'admin', act: 'senders.read' },
  [`GET ${admin}/connector-setup`]: {
    ...{ door: 'admin', act: 'senders.read' },
    query: () => 'connector=sms-twilio',
  },
  [`GET ${admin}/senders`]: { door: 'admin', act: 'senders.read' },
  [`POST ${admin}/senders`]: {
    ...{ door: 'admin', act: 'senders.change', own: 201 },
    body: () => ({ connector: 'sms-simulator', address: newNumber(), settings: { secret: randomUUID() } }),
  },
  [`PATCH ${admin}/senders/:senderId`]: {
    ...{ door: 'admin', act: 'senders.change' },
    body: () => ({ title: fresh('Number'), address: newNumber() }),
  },
  [`POST ${admin}/senders/:senderId/check`]: { door: 'admin', act: 'senders.change' },
  [`GET ${admin}/health`]: { door: 'admin', act: 'account-health.read' },
  [`GET ${admin}/skills`]: { door: 'admin', act: 'skills.read' },
  [`POST ${admin}/skills`]: {
    ...{ door: 'admin', act: 'skills.change', own: 201 },
    body: () => ({ name: fresh('skill') }),
  },
  [`PATCH ${admin}/skills/:skillId`]: { door: 'admin', act: 'skills.change', body: () => ({ enabled: true }) },
  [`GET ${admin}/templates`]: { door: 'admin', act: 'templates.read' },
  [`POST ${admin}/templates`]: {
    ...{ door: 'admin', act: 'templates.change', own: 201, names: 'children' },
    body: ({ waSenderId }) => ({ name: `t_${randomUUID().replaceAll('-', '')}`, body: 'Hello', sender: waSenderId }),
  },
  [`PATCH ${admin}/templates/:templateId`]: {
    ...{ door: 'admin', act: 'templates.change' },
    body: ({ waSenderId }) => ({ footer: fresh('Footer'), sender: waSenderId }),
  },
  [`POST ${admin}/templates/:templateId/submit`]: { door: 'admin', act: 'templates.change' },
  [`DELETE ${admin}/templates/:templateId`]: { door: 'admin', act: 'templates.change', own: 409 },
  [`POST ${admin}/templates/sync`]: { door: 'admin', act: 'templates.change' },
  [`GET ${admin}/handoffs`]: { door: 'admin', act: 'handoffs.read' },
  [`POST ${admin}/handoffs`]: {
    ...{ door: 'admin', act: 'handoffs.change', own: 201, names: 'children' },
    body: (ids) => ({ title: fresh('Handoff'), channels: smsChannel(ids), skills: [ids.skill] }),
  },
  [`GET ${admin}/handoffs/:handoffId`]: { door: 'admin', act: 'handoffs.read' },
  [`PATCH ${admin}/handoffs/:handoffId`]: {
    ...{ door: 'admin', act: 'handoffs.change' },
    body: (ids) => ({ channels: smsChannel(ids) }),
  },
  [`GET ${admin}/handoffs/:handoffId/versions`]: { door: 'admin', act: 'handoffs.read' },
  [`POST ${admin}/handoffs/:handoffId/restore`]: {
    ...{ door: 'admin', act: 'handoffs.change' },
    body: () => ({ version: 1 }),
  },
  [`GET ${admin}/api-keys`]: { door: 'admin', act: 'api-keys.read' },
  [`POST ${admin}/api-keys`]: {
    ...{ door: 'admin', act: 'api-keys.change', own: 201 },
    body: () => ({ title: fresh('Key') }),
  },
  [`PATCH ${admin}/api-keys/:appKey`]: {
    ...{ door: 'admin', act: 'api-keys.change' },
    body: () => ({ title: fresh('Key') }),
  },
  [`POST ${admin}/api-keys/:appKey/secret`]: { door: 'admin', act: 'api-keys.change' },
  [`GET ${admin}/apps`]: { door: 'admin', act: 'app-installs.read' },
  [`POST ${admin}/apps`]: {
    ...{ door: 'admin', act: 'app-installs.change', own: 201 },
    body: () => ({ title: fresh('App') }),
  },
  [`PATCH ${admin}/apps/:clientId`]: {
    ...{ door: 'admin', act: 'app-installs.change' },
    body: () => ({ title: fresh('App') }),
  },
  [`POST ${admin}/apps/:clientId/secret`]: { door: 'admin', act: 'app-installs.change' },
  [`GET ${admin}/users`]: { door: 'admin', act: 'users.read' },
  [`POST ${admin}/users`]: {
    ...{ door: 'admin', act: 'users.change', own: 201, names: 'children' },
    body: ({ skill }) => ({ email: `${randomUUID()}@brand.example`, role: 'agent', skills: [skill] }),
  },
  [`PATCH ${admin}/users/:userId`]: {
    ...{ door: 'admin', act: 'users.change' },
    body: ({ skill }) => ({ skills: [skill] }),
  },
  [`POST ${admin}/users/:userId/password`]: { door: 'admin', act: 'users.change' },
  [`GET ${admin}/internal`]: { door: 'admin', act: 'app-installs.read' },
  [`PATCH ${admin}/internal`]: { door: 'admin', act: 'app-installs.change', body: () => ({ user: true }) },
  [`POST ${admin}/eligibility-test`]: {
    ...{ door: 'admin', act: 'eligibility.test', names: 'children' },
    body: ({ handoffId, skill }) => ({ phone: '+12065550100', handoffId, skill }),
  },
  [`POST ${admin}/opt-outs/search`]: {
    ...{ door: 'admin', act: 'opt-outs.read', names: 'children' },
    body: ({ cursor }) => ({ cursor }),
  },
  [`POST ${admin}/opt-outs`]: {
    ...{ door: 'admin', act: 'opt-outs.change' },
    body: () => ({ address: newNumber(), channel: 'sms', evidence: 'said so' }),
  },
  [`POST ${admin}/opt-outs/:optOutId/lift`]: {
    ...{ door: 'admin', act: 'opt-outs.change', own: 204 },
    body: () => ({ reason: 'said so' }),
  },
  [`POST ${admin}/consumers/find`]: {
    ...{ door: 'admin', act: 'consumers.export' },
    body: () => ({ phone: '+12065550100' }),
  },
  [`POST ${admin}/consumers/archive`]: {
    ...{ door: 'admin', act: 'consumers.export' },
    body: () => ({ consumerId: 'somebody', linked: false }),
  },
  [`POST ${admin}/erasures`]: {
    ...{ door: 'admin', act: 'consumers.erase', own: 202 },
    body: () => ({ phone: newNumber() }),
  },
  [`GET ${admin}/erasures`]: { door: 'admin', act: 'consumers.erase' },
  [`GET ${admin}/erasures/:erasureId`]: { door: 'admin', act: 'consumers.erase' },
  [`GET ${admin}/opt-outs.csv`]: { door: 'admin', act: 'opt-outs.read' },
  [`GET ${admin}/prices`]: { door: 'admin', act: 'prices.read' },
  [`POST ${admin}/prices`]: {
    ...{ door: 'admin', act: 'prices.change', names: 'children' },
    body: (ids) => ({ channel: 'sms', senderId: ids.senderId, micros: 7_500, currency: 'USD' }),
  },
  [`DELETE ${admin}/prices/:priceId`]: { door: 'admin', act: 'prices.change', own: 204 },
  [`GET ${admin}/canned-replies`]: { door: 'admin', act: 'canned-replies.read' },
  [`POST ${admin}/canned-replies`]: {
    ...{ door: 'admin', act: 'canned-replies.change', own: 201, names: 'children' },
    body: ({ skillId }) => ({ title: 'Hello', shortcut: randomUUID().slice(0, 8), text: 'Hello', skillId }),
  },
  [`PATCH ${admin}/canned-replies/:cannedReplyId`]: {
    ...{ door: 'admin', act: 'canned-replies.change' },
    body: ({ skillId }) => ({ text: fresh('Hello'), skillId }),
  },
  [`DELETE ${admin}/canned-replies/:cannedReplyId`]: { door: 'admin', act: 'canned-replies.change', own: 204 },
  [`GET ${admin}/webhooks`]: { door: 'admin', act: 'webhooks.read' },
  [`POST ${admin}/webhooks`]: {
    ...{ door: 'admin', act: 'webhooks.change', own: 201 },
    body: () => ({ title: fresh('Systems'), url: 'https://hooks.example.com/c2m' }),
  },
  [`PATCH ${admin}/webhooks/:endpointId`]: {
    ...{ door: 'admin', act: 'webhooks.change' },
    body: () => ({ title: fresh('Systems') }),
  },
  [`POST ${admin}/webhooks/:endpointId/secret`]: { door: 'admin', act: 'webhooks.change' },
  [`POST ${admin}/webhooks/:endpointId/test`]: { door: 'admin', act: 'webhooks.change', own: 202 },
  [`GET ${admin}/webhooks/:endpointId/deliveries`]: {
    ...{ door: 'admin', act: 'webhooks.read' },
    query: () => 'state=waiting&limit=5',
  },
  [`POST ${admin}/webhooks/:endpointId/deliveries/:deliveryNumber/replay`]: {
    ...{ door: 'admin', act: 'webhooks.change', own: 204 },
  },
  [`POST ${admin}/webhooks/:endpointId/replay`]: {
    ...{ door: 'admin', act: 'webhooks.change', own: 202 },
    body: () => ({ since: new Date(Date.now() - 60_000).toISOString() }),
  },
  [`DELETE ${admin}/webhooks/:endpointId`]: { door: 'admin', act: 'webhooks.change', own: 204 },
  [`GET ${admin}/audit`]: { door: 'admin', act: 'audit.read' },
}
