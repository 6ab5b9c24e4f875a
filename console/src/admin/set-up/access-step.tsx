import { Alert, Button, Stack } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { api } from '../../api.ts'
import { CopyField } from '../../ui/copy-field.tsx'
import { Problem } from '../../ui/problem.tsx'
import { useChange } from '../use-config.ts'

export interface MadeApp {
  readonly clientId: string
  readonly clientSecret: string
}

/** An app for the phone system. Its secret stays on the page until one leaves it, for the commands of the last step. */
export function AccessStep({ app, onMade }: { app: MadeApp | null; onMade(app: MadeApp): void }) {
  const make = useChange(
    (accountId) =>
      api('POST /api/admin/accounts/{accountId}/apps', {
        params: { accountId },
        body: { title: 'Phone system', privileges: ['ivr.engagement'] },
      }),
    ['apps'],
    onMade,
  )
  return (
    <Stack gap="md" maw={640}>
      {app === null ? (
        <Button style={{ alignSelf: 'flex-start' }} loading={make.isPending} onClick={() => make.mutate(undefined)}>
          Make an id and a secret
        </Button>
      ) : (
        <>
          <Alert color="yellow" variant="light" icon={<IconKey size={18} stroke={1.6} />}>
            The secret is shown this once. Put it where your phone system keeps its secrets, now.
          </Alert>
          <div>
            <CopyField label="Client id" value={app.clientId} />
            <CopyField label="Client secret" value={app.clientSecret} />
          </div>
        </>
      )}
      {make.error !== null && <Problem error={make.error} title="Not made" />}
    </Stack>
  )
}
