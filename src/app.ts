import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import type { Deps } from './deps.ts'
import { admin } from './http/admin/admin.ts'
import { answered } from './http/answered.ts'
import { brand } from './http/brand/brand.ts'
import { answerBrokenConnection, brokenRequests, frameworkErrors } from './http/broken-requests.ts'
import { compiledWhenUsed } from './http/compiled-when-used.ts'
import { consoleFiles } from './http/console.ts'
import { device } from './http/device/device.ts'
import { exportDoors } from './http/exports/export-doors.ts'
import { files } from './http/files.ts'
import { health, type Readiness } from './http/health.ts'
import { hooks } from './http/hooks.ts'
import { ivr } from './http/ivr/ivr.ts'
import { openapi } from './http/openapi.ts'
import { operator } from './http/operator/operator.ts'
import { answerProblem } from './http/problems.ts'
import { parseQueryString } from './http/query-string.ts'
import { reports } from './http/reports/reports.ts'
import { routeMethods } from './http/route-methods.ts'
import { sessions } from './http/sessions.ts'
import { simulator } from './http/simulator/simulator.ts'
import { validatorOptions } from './http/validator-options.ts'
import { workspace } from './http/workspace/workspace.ts'

/** A connection that is this old and has sent nothing holds no drain; a younger one may be about to. */
const unusedForMs = 1_000

/**
 * Builds the HTTP side from deps; never listens. One scope per kind of caller, registered here in order.
 * Fastify's defaults that hurt are closed: no body time-out, types coerced, wrong methods 404, 500s that echo messages
 * (reliability 0.5: a slow body was still open after 100 s; a database host leaked through an error).
 */
export async function buildApp(deps: Deps, readiness: Readiness = { draining: false }): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: deps.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    // One logger for all: a child for each request cost the hot path 3 % of its time (measured); lines name the request.
    childLoggerFactory: (logger) => logger,
    requestIdHeader: false,
    bodyLimit: 64 * 1024,
    requestTimeout: 15_000,
    connectionTimeout: 0,
    keepAliveTimeout: 65_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000, maxHeaderSize: 16 * 1024 },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    trustProxy: deps.config.trustedProxies.length > 0 ? [...deps.config.trustedProxies] : false,
    clientErrorHandler: answerBrokenConnection,
    frameworkErrors: frameworkErrors(deps),
    routerOptions: {
      maxParamLength: 100,
      caseSensitive: true,
      ignoreTrailingSlash: false,
      querystringParser: parseQueryString,
    },
    ajv: {
      customOptions: validatorOptions,
    },
    schemaController: { compilersFactory: compiledWhenUsed },
  })

  const methods = routeMethods(app)
  brokenRequests(app, (request) => methods.problemFor(request))
  app.setErrorHandler((error, request, reply) => answerProblem(deps, error, request, reply))
  const console = consoleFiles(join(import.meta.dirname, '../console/dist'))
  app.setNotFoundHandler(async (request, reply) => {
    if (await console.answer(request, reply)) return reply
    throw methods.problemFor(request)
  })
  // A kept-alive connection would hold the drain until its time-out: it is closed as soon as its answer is out.
  // So would one that was opened for later, as browsers do, and never used: Node counts it as no idle one.
  const opened = new Map<Socket, number>()
  app.server.on('connection', (socket) => {
    opened.set(socket, performance.now())
    socket.once('close', () => opened.delete(socket))
  })
  const closeUnused = () => {
    for (const [socket, at] of opened)
      if (socket.bytesRead === 0 && performance.now() - at > unusedForMs) socket.destroy()
    app.server.closeIdleConnections()
  }
  app.addHook('preClose', (done) => {
    const timer = setInterval(closeUnused, 100)
    app.server.once('close', () => clearInterval(timer))
    done()
  })
  const noteAnswered = answered(deps)
  app.addHook('onResponse', (request, reply, done) => {
    noteAnswered({
      requestId: request.id,
      route: request.routeOptions.url ?? 'none',
      method: request.method,
      status: reply.statusCode,
      milliseconds: reply.elapsedTime,
      countedOnly: request.routeOptions.config.countedOnly === true,
    })
    done()
  })

  await openapi(app)
  health(app, { deps, readiness })
  ivr(app, { deps, answered: noteAnswered, problemOfPath: (request) => methods.problemFor(request) })
  await app.register(hooks, { deps })
  files(app, { deps })
  await app.register(simulator, { deps })
  await app.register(device, { deps })
  await app.register(sessions, { deps })
  await app.register(workspace, { deps })
  await app.register(operator, { deps })
  await app.register(admin, { deps })
  await app.register(brand, { deps })
  await app.register(exportDoors, { deps })
  await app.register(reports, { deps })
  return app
}
