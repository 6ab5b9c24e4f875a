import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconStethoscope } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api.ts'
import { useSession } from '../../session.ts'
import { Problem } from '../../ui/problem.tsx'
import { RowsSkeleton } from '../../ui/rows-skeleton.tsx'
import { Section } from '../section.tsx'
import names from './senders.module.css'

const subjects: Readonly<Record<string, string>> = {
  settings: 'Settings',
  switch: 'Switch',
  'public-address': 'Public address',
  credentials: 'Credentials',
  number: 'Number',
  'messaging-service': 'Messaging Service',
  registration: 'Registration',
  quality: 'Quality',
  webhook: 'Webhook',
  templates: 'Templates',
  provider: 'Provider',
  'last-send': 'Last send',
  connector: 'Connector',
}

/** Looks at a sender from all sides and says what is wrong. Sends nothing. */
export function SenderCheck({ senderId }: { senderId: string }) {
  const { accountId } = useSession()
  const check = useMutation({
    mutationFn: () =>
      api('POST /api/admin/accounts/{accountId}/senders/{senderId}/check', { params: { accountId, senderId } }),
  })
  const wrong = check.data?.checks.filter(({ ok }) => !ok).length ?? 0
  return (
    <Section
      title="Health"
      about="Asks the provider about credentials, number, registration and webhook. Sends nothing."
    >
      <div className={names.checkHead}>
        <Button
          variant="default"
          leftSection={<IconStethoscope size={16} stroke={1.6} />}
          loading={check.isPending}
          onClick={() => check.mutate()}
        >
          {check.data === undefined ? 'Check the sender' : 'Check again'}
        </Button>
        <output>
          {check.data !== undefined &&
            !check.isPending &&
            (wrong === 0 ? 'Everything looks right.' : `${wrong} of ${check.data.checks.length} need attention.`)}
        </output>
      </div>
      {check.isPending && <RowsSkeleton rows={4} height={36} />}
      {check.error !== null && <Problem error={check.error} title="Not checked" />}
      {check.data !== undefined && !check.isPending && (
        <ul className={names.checks}>
          {[...check.data.checks]
            .sort((a, b) => Number(a.ok) - Number(b.ok))
            .map(({ what, ok, sentence }) => (
              <li key={`${what} ${sentence}`}>
                {ok ? (
                  <IconCheck size={18} stroke={1.6} color="var(--accent-text)" aria-label="Right" role="img" />
                ) : (
                  <IconAlertTriangle size={18} stroke={1.6} color="var(--late-text)" aria-label="Wrong" role="img" />
                )}
                <div>
                  <strong>{subjects[what] ?? what}</strong>
                  <div>{sentence}</div>
                </div>
              </li>
            ))}
        </ul>
      )}
    </Section>
  )
}
