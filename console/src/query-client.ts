import { QueryClient } from '@tanstack/react-query'
import { ApiFailure, whenUnauthenticated } from './api.ts'

/**
 * One cache for what pages read. A refusal is never asked again, what did not arrive is; and whoever hears that the
 * session has ended tells the shell, which then asks to sign in on whatever page one is.
 */
export const queryClient: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => !(error instanceof ApiFailure && error.status < 500) && count < 2,
      retryDelay: (count) => Math.min(8_000, 500 * 2 ** count),
    },
    mutations: { retry: false },
  },
})

export const sessionKey = ['session'] as const

// Asked anew rather than believed: another tab may have signed in since.
whenUnauthenticated(() => void queryClient.invalidateQueries({ queryKey: sessionKey }))
