import { Select, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api.ts'
import { queryClient } from '../../query-client.ts'
import { useSession } from '../../session.ts'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import { channelChoices } from '../channel-words.tsx'
import type { Channel } from '../shapes.ts'
import { optOutsKey } from './use-opt-outs.ts'

/** A consumer's word that came by another way than a message. */
export function AddOptOut({ onClose }: { onClose(): void }) {
  const { accountId } = useSession()
  const [channel, setChannel] = useState<Channel>('sms')
  const [address, setAddress] = useState('')
  const [evidence, setEvidence] = useState('')
  const add = useMutation({
    mutationFn: () =>
      api('POST /api/admin/accounts/{accountId}/opt-outs', {
        params: { accountId },
        body: { channel, address: address.trim(), evidence },
      }),
    onSuccess: async ({ changed }) => {
      await queryClient.invalidateQueries({ queryKey: optOutsKey(accountId) })
      toast({ text: changed ? 'Nothing more is sent to them.' : 'It was known already.' })
      onClose()
    },
  })
  return (
    <FormDialog
      title="Add an opt-out"
      submit="Add opt-out"
      saving={add.isPending}
      error={add.error}
      refused="Not added"
      onSubmit={() => add.mutate()}
      onClose={onClose}
    >
      <Select
        label="Channel"
        description="Whether it binds the others too is said in the settings."
        data={channelChoices}
        value={channel}
        onChange={(next) => setChannel((next ?? 'sms') as Channel)}
        allowDeselect={false}
      />
      <TextInput
        label={channel === 'inapp' ? 'Consumer id' : 'Number'}
        description={channel === 'inapp' ? 'Your id of them in the app.' : 'With the country code, like +12065550100.'}
        required
        data-autofocus
        inputMode={channel === 'inapp' ? 'text' : 'tel'}
        autoComplete="off"
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      <TextInput
        label="How they told it"
        description="Kept as the proof."
        placeholder="By phone on 3 May, to Maria"
        required
        maxLength={160}
        value={evidence}
        onChange={(event) => setEvidence(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
