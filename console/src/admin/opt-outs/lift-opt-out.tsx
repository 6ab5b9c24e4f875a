import { Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api.ts'
import { queryClient } from '../../query-client.ts'
import { useSession } from '../../session.ts'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { Phone } from '../../ui/phone.tsx'
import { toast } from '../../ui/toast.tsx'
import { type OptOut, optOutsKey } from './use-opt-outs.ts'

/** Lifting an opt-out needs a reason: sending to somebody who has said stop is against the law without their word. */
export function LiftOptOut({ optOut, onClose }: { optOut: OptOut; onClose(): void }) {
  const { accountId } = useSession()
  const [reason, setReason] = useState('')
  const lift = useMutation({
    mutationFn: () =>
      api('POST /api/admin/accounts/{accountId}/opt-outs/{optOutId}/lift', {
        params: { accountId, optOutId: optOut.optOutId },
        body: { reason },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: optOutsKey(accountId) })
      toast({ text: 'The opt-out is lifted.' })
      onClose()
    },
  })
  return (
    <FormDialog
      title="Lift an opt-out"
      submit="Lift opt-out"
      saving={lift.isPending}
      disabled={reason.trim() === ''}
      error={lift.error}
      refused="Not lifted"
      onSubmit={() => lift.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        <Phone number={optOut.address} /> can then be written to again
        {optOut.channel === '*' ? ' on every channel' : ''}. Only do it when they asked for it. What Twilio keeps of its
        own, only their START lifts.
      </Text>
      <TextInput
        label="Reason"
        description="Kept with it, and in the audit log."
        placeholder="Asked for it on the phone, 3 May"
        required
        maxLength={160}
        data-autofocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
