import { constants, createWriteStream, existsSync } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Env, Mistake, Unreachable } from './command.ts'
import { type Asked, refusedOptions } from './refused-options.ts'

/** The running server, asked as its operator. Answers are what the API says, parsed. */
export interface OperatorApi {
  /** The address to tell others; on this machine the server may be asked at another. */
  readonly url: string
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: unknown): Promise<T>
  patch<T>(path: string, body: unknown): Promise<T>
  delete(path: string): Promise<void>
  /** Writes a file that the server hands out to a new file here, for its owner alone. @returns its bytes. */
  save(path: string, to: string): Promise<number>
}

/** Longest wait for one answer, in milliseconds. */
const timeoutMs = 20_000

/**
 * Finds the running server (`--url`, C2M_URL, PUBLIC_URL, then the note that a server leaves in DATA_DIR) and the
 * operator's token (OPERATOR_TOKEN, then DATA_DIR/operator.token). One beside us is asked where it listens: its public
 * address may not lead here, and the token need not travel through a proxy.
 * @param asked the command whose options a refusal is told of.
 * @throws Mistake, Unreachable
 */
export async function operatorApi(env: Env, givenUrl: string | undefined, asked?: Asked): Promise<OperatorApi> {
  const dataDir = resolve(env.DATA_DIR || './data')
  const named = givenUrl || env.C2M_URL
  const noted = named ? null : await noteOf(dataDir)
  const url = (named || env.PUBLIC_URL || noted?.url)?.replace(/\/+$/, '')
  if (url === undefined) {
    throw new Unreachable(
      `No server runs in ${dataDir}: start one with "npm start", or name one with --url or C2M_URL.`,
    )
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Mistake(`"${url}" is no address of a server; it must be like http://127.0.0.1:8080.`)
  }
  const base = noted?.url === url ? noted.local : url
  const token = env.OPERATOR_TOKEN || (await readFile(join(dataDir, 'operator.token'), 'utf8').catch(() => '')).trim()
  if (token === '') {
    throw new Mistake(
      `The operator's token is missing: set OPERATOR_TOKEN, or DATA_DIR to the server's data folder (now ${dataDir}).`,
    )
  }
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: Error) => {
      const why =
        error.name === 'TimeoutError' ? `it did not answer within ${timeoutMs / 1000} seconds` : reasonOf(error)
      throw new Unreachable(`The server at ${base} cannot be reached (${why}). Is it running?`)
    })
    const text = await response.text()
    if (response.ok) return (text === '' ? null : JSON.parse(text)) as T
    throw refusal(response.status, text, base, path, asked)
  }
  return {
    url,
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body),
    patch: (path, body) => ask('PATCH', path, body),
    delete: async (path) => void (await ask('DELETE', path)),
    async save(path, to) {
      const response = await fetch(`${base}${path}`, {
        headers: { authorization: `Bearer ${token}` },
        redirect: 'error',
      }).catch((error: Error) => {
        throw new Unreachable(`The server at ${base} cannot be reached (${reasonOf(error)}). Is it running?`)
      })
      if (!response.ok || response.body === null)
        throw refusal(response.status, await response.text(), base, path, asked)
      const file = createWriteStream(to, { flags: 'wx', mode: 0o600 })
      await pipeline(Readable.fromWeb(response.body), file).catch((error: NodeJS.ErrnoException) => {
        throw unwritable(to, error) ?? error
      })
      return file.bytesWritten
    },
  }
}

async function noteOf(dataDir: string): Promise<{ url: string; local: string } | null> {
  try {
    const { url, local = url } = JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8')) as Record<
      string,
      unknown
    >
    return typeof url === 'string' && typeof local === 'string' ? { url, local } : null
  } catch {
    return null
  }
}

/**
 * Before anything is asked for that is to be written there.
 * @throws Mistake when a new file cannot be made there.
 */
export async function mustBeWritable(to: string): Promise<void> {
  const folder = dirname(resolve(to))
  await access(folder, constants.W_OK | constants.X_OK).catch((error) => {
    throw unwritable(to, error) ?? error
  })
  if (existsSync(to)) throw unwritable(to, { code: 'EEXIST' })
}

function unwritable(to: string, { code }: { code?: unknown }): Mistake | null {
  const folder = dirname(resolve(to))
  if (code === 'EEXIST') return new Mistake(`${to} exists already; name another file.`)
  if (code === 'ENOENT' || code === 'ENOTDIR') return new Mistake(`There is no folder ${folder}; make it first.`)
  if (code === 'EACCES' || code === 'EROFS') return new Mistake(`This user may not write to ${folder}.`)
  return null
}

function reasonOf(error: Error): string {
  const { code } = (error.cause ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : 'the connection failed'
}

function refusal(status: number, text: string, base: string, path: string, asked?: Asked): Error {
  let problem: { title?: string; details?: string[]; requestId?: string; code?: string } = {}
  try {
    problem = JSON.parse(text)
  } catch {
    return new Unreachable(`What answers at ${base} is no Connect to Messaging server (status ${status}).`)
  }
  if (status === 401) return new Mistake(`The server at ${base} does not accept the operator's token.`)
  if (status >= 500) return new Error(`The server failed (${problem.title}; request ${problem.requestId}).`)
  const account = /\/accounts\/([^/]+)/.exec(path)?.[1]
  // Whatever else the path names was found in a list just before.
  if (status === 404 && account !== undefined)
    return new Mistake(`There is no account "${decodeURIComponent(account)}".`)
  const details = refusedOptions(problem.details ?? [], asked ?? { command: { name: '' }, given: {} })
  return new Mistake(details.length > 0 ? details.join('\n') : `${problem.title ?? `Refused with ${status}`}.`)
}
