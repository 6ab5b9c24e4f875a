/** What came of one call of a webhook. */
export interface HookAnswer {
  /** The server's answer; null when there was none. */
  readonly status: number | null
  readonly answer: string | null
  /** Network error code when there was no answer. */
  readonly error: string | null
}

/** Which addresses a webhook may have: those on this machine, also by another name. */
export interface HookAddresses {
  /** Requests to `publicOrigin` go to `loopbackOrigin`: a proxy in front of the server. */
  proxy(publicOrigin: string, loopbackOrigin: string): void
  /** True when a webhook to this URL would stay on this machine. */
  allowed(url: string): boolean
  /** @throws Error for an address outside this machine. */
  demand(url: string): void
}

export interface LoopbackCalls extends HookAddresses {
  /** Calls a webhook once; redirects are not followed. @throws Error for an address outside this machine. */
  call(
    method: 'GET' | 'POST',
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<HookAnswer>
}

/** Twilio's own patience with a webhook; Meta's simulator has the same. */
const patienceMs = 15_000

/** The way by which a simulator calls webhooks. */
export function loopbackCalls(): LoopbackCalls {
  const proxies = new Map<string, string>()
  const target = (url: string): string => {
    const parsed = new URL(url)
    return (proxies.get(parsed.origin) ?? parsed.origin) + parsed.pathname + parsed.search
  }
  const allowed = (url: string) =>
    URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && isLoopback(new URL(target(url)).hostname)
  const demand = (url: string): void => {
    if (!allowed(url)) throw new Error('The simulator calls webhooks on this machine only.')
  }
  return {
    proxy: (publicOrigin, loopbackOrigin) =>
      void proxies.set(new URL(publicOrigin).origin, new URL(loopbackOrigin).origin),
    allowed,
    demand,
    async call(method, url, headers, body) {
      demand(url)
      try {
        const signal = AbortSignal.timeout(patienceMs)
        const sent = method === 'GET' ? {} : { body }
        const answer = await fetch(target(url), { method, headers, redirect: 'manual', signal, ...sent })
        return { status: answer.status, answer: await answer.text(), error: null }
      } catch (error) {
        const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined
        return { status: null, answer: null, error: cause?.code ?? (error instanceof Error ? error.name : 'error') }
      }
    },
  }
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}
