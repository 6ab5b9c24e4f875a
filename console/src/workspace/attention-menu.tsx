import { ActionIcon, Menu, Switch, Tooltip } from '@mantine/core'
import { IconBell, IconBellOff } from '@tabler/icons-react'
import { toast } from '../ui/toast.tsx'
import { useAttentionSettings } from './attention.ts'

/** How one wants to be called. */
export function AttentionMenu() {
  const [{ sound, browser }, set] = useAttentionSettings()
  const setBrowser = async (on: boolean) => {
    if (!on) return set({ browser: false })
    if (typeof Notification === 'undefined') return toast({ text: 'This browser has no notices.', kind: 'error' })
    const answer = await Notification.requestPermission()
    if (answer === 'granted') set({ browser: true })
    else
      toast({
        text: 'The browser does not allow notices from this site. Its settings for this site can change that.',
        kind: 'error',
      })
  }
  return (
    <Menu position="bottom-end" width={260} closeOnItemClick={false}>
      <Menu.Target>
        <Tooltip label="Notifications">
          <ActionIcon variant="subtle" color="gray" aria-label="Notifications">
            {sound || browser ? <IconBell size={18} stroke={1.6} /> : <IconBellOff size={18} stroke={1.6} />}
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown p="md">
        <Switch label="Sound" checked={sound} onChange={(event) => set({ sound: event.currentTarget.checked })} />
        <Switch
          mt="sm"
          label="Browser notices"
          description="They name who, never what was written."
          checked={browser}
          onChange={(event) => void setBrowser(event.currentTarget.checked)}
        />
      </Menu.Dropdown>
    </Menu>
  )
}
