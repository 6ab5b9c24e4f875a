/** An answer that is no yes. `code` is the server's own word, `retryAfterMs` what it asked us to wait. */
export class Refused extends Error {
  constructor(status, problem, retryAfterMs) {
    super(problem?.details?.[0] ?? problem?.title ?? `HTTP ${status}`)
    this.name = 'Refused'
    this.status = status
    this.code = problem?.code ?? null
    this.retryAfterMs = retryAfterMs
  }
}

/** One request of the device API; resolves to the parsed answer, null when it is empty. @throws Refused, TypeError */
export async function ask(server, method, path, { token, body, headers, signal } = {}) {
  const response = await fetch(`${server}/api/device/${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
    credentials: 'omit',
    cache: 'no-store',
  })
  if (response.ok)
    return response.headers.get('content-type')?.startsWith('text/event-stream') ? response : parsed(response)
  const waitMs = Number(response.headers.get('retry-after')) * 1000
  throw new Refused(response.status, await parsed(response).catch(() => null), waitMs > 0 ? waitMs : null)
}

const parsed = async (response) => {
  const text = await response.text()
  return text === '' ? null : JSON.parse(text)
}

/** Whether the same request may succeed later: nobody answered, or the answer was "not now". */
export const passes = (error) => !(error instanceof Refused) || error.status === 429 || error.status >= 500

/** Waits `ms`, or shorter when the browser comes back online or `signal` ends it. */
export const pause = (ms, signal) =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      removeEventListener('online', end)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    addEventListener('online', end)
    signal?.addEventListener('abort', end)
  })

/** Milliseconds before try number `n` (from 1): doubled up to half a minute, spread so that not all come back at once. */
export const backoffMs = (n, error) =>
  Math.max(error?.retryAfterMs ?? 0, Math.min(30_000, 1000 * 2 ** (n - 1)) * (0.5 + Math.random() / 2))
