import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useSession } from '../../session.ts'
import { CopyField } from '../../ui/copy-field.tsx'
import type { Handoff, Skill } from '../shapes.ts'
import type { MadeApp } from './access-step.tsx'
import { firstInviteCommands } from './first-invite-commands.ts'
import type { FirstCall } from './use-first-call.ts'

/** The three requests of a phone system, ready to be copied; the page notices the call when it comes. */
export function FirstInviteStep({
  app,
  handoff,
  skill,
  call,
}: {
  app: MadeApp | null
  handoff: Handoff | undefined
  skill: Skill | undefined
  call: FirstCall | null
}) {
  const { accountId, sandbox } = useSession()
  const [phone, setPhone] = useState('')
  const missing = handoff === undefined || skill === undefined
  return (
    <Stack gap="md">
      {call !== null && (
        <Alert color="teal" variant="light" icon={<IconCheck size={18} stroke={1.6} />} title="A call has come">
          <Group gap="md" align="center">
            <span>{outcomeWords[call.outcome] ?? call.outcome}</span>
            <Button
              component={Link}
              to="/transactions/$callId"
              params={{ callId: call.callId } as never}
              size="compact-sm"
              variant="default"
            >
              See its journey
            </Button>
          </Group>
        </Alert>
      )}
      {missing ? (
        <Text size="sm">First a skill and a handoff, in the steps above.</Text>
      ) : (
        <>
          <TextInput
            label="Your own mobile number"
            description="With the country code. It stays on this page."
            placeholder="+12065550100"
            inputMode="tel"
            autoComplete="off"
            maw={320}
            value={phone}
            onChange={(event) => setPhone(event.currentTarget.value)}
          />
          <div>
            {firstInviteCommands({
              origin: location.origin,
              accountId,
              handoffId: handoff.handoffId,
              skill: skill.name,
              phone: phone.trim() === '' ? '+12065550100' : phone.trim(),
              app,
            }).map(({ label, command }) => (
              <CopyField key={label} label={label} value={command} multiline />
            ))}
          </div>
          {call === null && (
            <Text size="sm" c="dimmed" role="status">
              Waiting for the first call. It appears here by itself.
            </Text>
          )}
        </>
      )}
      {sandbox && (
        <Text size="sm">
          Without any of that: <Link to="/try">Try it</Link> with a pretend phone.
        </Text>
      )}
    </Stack>
  )
}

const outcomeWords: Readonly<Record<string, string>> = {
  'not-eligible': 'It was not eligible: its journey says why.',
  eligible: 'It was eligible. Now send the invite.',
  invited: 'The invite is on its way.',
  sent: 'The invite was sent.',
  delivered: 'The invite was delivered.',
  read: 'The invite was read.',
  failed: 'The invite failed: its journey says why.',
  replied: 'The consumer has replied.',
  'in-conversation': 'The consumer has replied, and talks with an agent.',
  closed: 'The conversation is closed.',
}
