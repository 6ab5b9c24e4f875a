import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { type Answer, ApiFailure, api } from './api.ts'
import { forgetLive } from './live/live-store.ts'
import { queryClient, sessionKey } from './query-client.ts'

export type Session = Answer<'GET /api/session'>

/** Who is signed in; null when nobody is. */
export function useSessionQuery(): UseQueryResult<Session | null> {
  return useQuery({ queryKey: sessionKey, queryFn: readSession, staleTime: 60_000 })
}

async function readSession(): Promise<Session | null> {
  try {
    return await api('GET /api/session')
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 401) return null
    throw error
  }
}

/** The person whom this page takes for signed in; null: nobody, or it does not know yet. */
export const signedInUserId = (): string | null => queryClient.getQueryData<Session | null>(sessionKey)?.userId ?? null

/** Asks the server who it is now: in another tab somebody else may have signed in. @throws ApiFailure, Unreachable */
export async function askUserId(): Promise<string | null> {
  const session = await queryClient.fetchQuery({
    ...{ queryKey: sessionKey, queryFn: readSession, staleTime: 0 },
    // What waits for the line asks again by itself; a browser that takes itself for offline must not hold the answer back.
    ...{ retry: false, networkMode: 'always' as const },
  })
  return session?.userId ?? null
}

/** Calls `heard` whenever somebody has signed in, the same person too. */
export function whenSignedIn(heard: () => void): void {
  let before = signedInUserId()
  queryClient.getQueryCache().subscribe(({ query }) => {
    if (query.queryKey[0] !== sessionKey[0] || signedInUserId() === before) return
    before = signedInUserId()
    if (before !== null) heard()
  })
}

export const SessionContext = createContext<Session | null>(null)

/** The person who is signed in. Only below the shell, which shows pages to nobody else. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('useSession was used outside of the shell')
  return session
}

/** Whether the person may do `act`: the server's answer; pages know no rules. */
export function useMay(): (act: string) => boolean {
  const { acts } = useSession()
  return (act) => acts.includes(act)
}

const lastWorks = new Set<() => Promise<unknown>>()

/** Has `work` done while the session still holds, of whoever signs out. */
export const beforeSignOut = (work: () => Promise<unknown>): void => void lastWorks.add(work)

/** Ends the session here and on the server; the shell then asks who is there. Drafts stay for their writer. */
export async function signOut(): Promise<void> {
  await Promise.allSettled([...lastWorks].map((work) => work()))
  await api('DELETE /api/session')
  queryClient.setQueryData(sessionKey, null)
}

/** Forgets what was read for whoever was signed in: whoever is next must not see it, not even for a moment. */
export function forgetPerson(): void {
  forgetLive()
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] })
}
