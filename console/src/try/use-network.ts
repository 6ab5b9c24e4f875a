import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import type { CallRecord, PhoneMessage } from './shapes.ts'

/** A pretend network is looked at every second; it has no stream, and nobody's battery hangs on it. */
const everyMs = 1_000

export function useLines() {
  return useQuery({ queryKey: ['try', 'lines'], queryFn: ({ signal }) => api('GET /simulator/lines', { signal }) })
}

/** What stands on a pretend phone, oldest first; `number` may be the consumer's id in the app. */
export function usePhoneMessages(number: string): readonly PhoneMessage[] {
  const { data } = useQuery({
    queryKey: ['try', 'phone', number],
    queryFn: ({ signal }) => api('GET /simulator/phones/{number}/messages', { params: { number }, signal }),
    refetchInterval: everyMs,
    enabled: number !== '',
  })
  return data ?? []
}

/** The steps of the call as the server records them. */
export function useCallRecord(callId: string | null): CallRecord | null {
  const { data } = useQuery({
    queryKey: ['try', 'call', callId],
    queryFn: ({ signal }) => api('GET /simulator/calls/{callId}', { params: { callId: callId! }, signal }),
    refetchInterval: everyMs,
    enabled: callId !== null,
  })
  return callId === null ? null : (data ?? null)
}

/** Who the caller is in the brand's app; empty while it is not known. */
export function useConsumerId(phone: string): string {
  const { data } = useLines()
  return data === undefined ? '' : data.consumerPrefix + phone.replace('+', '')
}
