import { Select } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import { queryClient } from '../query-client.ts'
import { problemIn } from '../ui/problem.tsx'
import { toast } from '../ui/toast.tsx'
import type { Behaviour } from './shapes.ts'
import names from './try.module.css'

const key = ['try', 'provider'] as const

const choices: readonly { readonly value: Behaviour; readonly label: string; readonly means: string }[] = [
  { value: 'normal', label: 'normal', means: 'It takes messages and tells when they arrive.' },
  { value: 'slow', label: 'slow', means: 'It answers after seconds, and tells late.' },
  { value: 'refuse', label: 'refuses', means: 'It takes no message at all.' },
  { value: 'drop-receipts', label: 'drops receipts', means: 'Messages arrive; nobody is told.' },
]

/** Makes the pretend provider behave as real ones do on a bad day. */
export function ProviderSwitch() {
  const now = useQuery({ queryKey: key, queryFn: ({ signal }) => api('GET /simulator/provider', { signal }) })
  const change = useMutation({
    mutationFn: (behaviour: Behaviour) => api('PUT /simulator/provider', { body: { behaviour } }),
    onSuccess: (answer) => queryClient.setQueryData(key, answer),
    onError: (error) => toast({ text: `The provider did not change: ${problemIn(error).sentence}`, kind: 'error' }),
  })
  const behaviour = (change.isPending ? change.variables : now.data?.behaviour) ?? 'normal'
  return (
    <div className={names.provider}>
      <label htmlFor="provider">Provider</label>
      <Select
        id="provider"
        size="xs"
        className={names.providerChoice!}
        allowDeselect={false}
        disabled={now.data === undefined}
        data={choices.map(({ value, label }) => ({ value, label }))}
        value={behaviour}
        onChange={(next) => next !== null && change.mutate(next)}
        comboboxProps={{ position: 'top-start' }}
      />
      <span>{choices.find(({ value }) => value === behaviour)?.means}</span>
    </div>
  )
}
