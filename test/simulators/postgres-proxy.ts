import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type FrontendMessage, readBackend, readFrontend } from './postgres-messages.ts'

/** What happens at the COMMIT of a database transaction that holds a statement which fits. Strikes once. */
export interface CommitRule {
  readonly of: RegExp
  /** `before`: the COMMIT has come from the client and not yet gone on. `after`: the database has confirmed it, the client does not know. */
  readonly moment: 'before' | 'after'
  /** The connection is cut unless this returns `pass`: then the message goes on its way. */
  do(): 'pass' | undefined
}

export interface PostgresProxy {
  /** A `DATABASE_URL` for one of the database server's databases. */
  url(database: string): string
  onCommit(rule: CommitRule): void
  /** Resolves once every rule has struck. */
  struck(): Promise<void>
  close(): Promise<void>
}

interface Session {
  readonly client: Socket
  readonly database: Socket
  /** Texts of prepared statements and of what portals run, as in the protocol's extended query. */
  readonly prepared: Map<string, string>
  readonly portals: Map<string, string>
  /** Statements of the database transaction under way. */
  statements: string[]
  /** Those of the one whose COMMIT is under way. */
  committing: string | null
}

/**
 * A TCP door to a PostgreSQL that listens on a unix socket only. It understands enough of the protocol to see a COMMIT go
 * out and come back, and to do something at that very moment: kill the client, freeze it, cut the line.
 */
export async function postgresProxy(target: { socketDir: string; user: string }): Promise<PostgresProxy> {
  const rules = new Set<CommitRule>()
  const sessions = new Set<Session>()
  let told: (() => void)[] = []

  /** @returns false when the message must not go on, because the connection was cut. */
  const strike = (session: Session, moment: CommitRule['moment'], statements: string): boolean => {
    for (const rule of rules) {
      if (rule.moment !== moment || !rule.of.test(statements)) continue
      rules.delete(rule)
      const passed = rule.do() === 'pass'
      if (!passed) for (const socket of [session.client, session.database]) socket.destroy()
      if (rules.size === 0) for (const tell of told.splice(0)) tell()
      return passed
    }
    return true
  }

  /** Follows what the client asks. @returns false when it must not go on. */
  const follow = (session: Session, message: FrontendMessage): boolean => {
    if (message.kind === 'parse') session.prepared.set(message.name, message.text)
    if (message.kind === 'bind') session.portals.set(message.portal, session.prepared.get(message.statement) ?? '')
    if (message.kind !== 'query' && message.kind !== 'execute') return true
    const text = message.kind === 'query' ? message.text : (session.portals.get(message.portal) ?? '')
    if (/^\s*(begin|start transaction)\b/i.test(text)) session.statements = []
    if (!/^\s*(commit|end)\s*;?\s*$/i.test(text)) {
      session.statements.push(text)
      return true
    }
    session.committing = session.statements.join('\n')
    session.statements = []
    return strike(session, 'before', session.committing)
  }

  const server = createServer({ noDelay: true }, (client) => {
    const database = connect({ path: `${target.socketDir}/.s.PGSQL.5432` })
    const session: Session = {
      ...{ client, database, prepared: new Map(), portals: new Map() },
      ...{ statements: [], committing: null },
    }
    sessions.add(session)
    const end = () => {
      sessions.delete(session)
      client.destroy()
      database.destroy()
    }
    for (const socket of [client, database]) {
      socket.on('error', end)
      socket.on('close', end)
    }
    const fromClient = readFrontend()
    client.on('data', (chunk) => {
      for (const message of fromClient(chunk)) {
        if (message.kind === 'encryption') client.write('N')
        else if (follow(session, message)) database.write(message.bytes)
        else return
      }
    })
    const fromDatabase = readBackend()
    database.on('data', (chunk) => {
      for (const { bytes, completed } of fromDatabase(chunk)) {
        const statements = completed === 'COMMIT' ? session.committing : null
        if (statements !== null) session.committing = null
        if (statements !== null && !strike(session, 'after', statements)) return
        client.write(bytes)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: (database) => `postgres://${target.user}@127.0.0.1:${port}/${database}`,
    onCommit: (rule) => void rules.add(rule),
    struck: () => (rules.size === 0 ? Promise.resolve() : new Promise((resolve) => told.push(resolve))),
    async close() {
      for (const { client, database } of sessions) {
        client.destroy()
        database.destroy()
      }
      await new Promise((resolve) => server.close(resolve))
      told = []
    },
  }
}
