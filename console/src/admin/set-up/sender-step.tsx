import { Alert, Anchor } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { CopyField } from '../../ui/copy-field.tsx'
import { Section } from '../section.tsx'
import { NewSender } from '../senders/new-sender.tsx'
import { SenderCheck } from '../senders/sender-check.tsx'
import type { Connector } from '../shapes.ts'
import { useConfig } from '../use-config.ts'

/** A sender to add; then its webhook address and its check, before one goes on. */
export function SenderStep({ connectors, onAdded }: { connectors: readonly Connector[]; onAdded(): void }) {
  const [added, setAdded] = useState<string | null>(null)
  const sender = useConfig('senders').data?.senders.find(({ senderId }) => senderId === added)
  if (sender === undefined) {
    const keep = (senderId: string) => {
      setAdded(senderId)
      onAdded()
    }
    return <NewSender connectors={connectors} onAdded={keep} />
  }
  return (
    <>
      <Alert color="teal" variant="light" mb="md" icon={<IconCheck size={18} stroke={1.6} />}>
        {sender.title} is added.{' '}
        <Anchor component={Link} to={`/senders/${sender.senderId}`} size="sm">
          See its page
        </Anchor>
      </Alert>
      {sender.hookUrl !== null && (
        <Section title="Webhook" about="Enter this address at the provider.">
          <CopyField label="Webhook address" value={sender.hookUrl} />
        </Section>
      )}
      <SenderCheck senderId={sender.senderId} />
    </>
  )
}
