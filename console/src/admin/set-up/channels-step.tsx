import { Button, Stack } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '../../session.ts'
import { Problem } from '../../ui/problem.tsx'
import { ChannelSwitches } from '../settings/channel-switches.tsx'
import { useSaveSettings } from '../settings/save-settings.ts'
import type { Channel } from '../shapes.ts'

/** Saving the channels once is what makes the account answer calls at all. */
export function ChannelsStep({ channels: saved }: { channels: readonly Channel[] }) {
  const mayChange = useMay()('settings.change')
  const [channels, setChannels] = useState<readonly Channel[]>(saved)
  const save = useSaveSettings()
  return (
    <Stack gap="md" maw={480}>
      <ChannelSwitches channels={channels} onChange={setChannels} />
      {save.error !== null && <Problem error={save.error} title="Not saved" />}
      {mayChange && (
        <Button
          style={{ alignSelf: 'flex-start' }}
          loading={save.isPending}
          disabled={channels.length === 0}
          onClick={() => save.mutate({ channels: [...channels] })}
        >
          Save channels
        </Button>
      )}
    </Stack>
  )
}
