import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconLogout, IconMoon, IconSelector, IconSun } from '@tabler/icons-react'
import { signOut, useSession } from '../session.ts'
import { toast } from '../ui/toast.tsx'
import names from './shell.module.css'

const schemes = [
  { value: 'auto', label: 'As the system', icon: IconDeviceDesktop },
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
] as const

/** Who one is, light or dark, and the way out. */
export function AccountMenu() {
  const { name, role, email } = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const leave = () =>
    signOut().catch((error: Error) => toast({ text: `You are still signed in: ${error.message}`, kind: 'error' }))
  return (
    <Menu position="top-start" width={220}>
      <Menu.Target>
        <button type="button" className={names.person}>
          <span className={names.who}>
            <div>{name}</div>
            <div className={names.role}>{role.replace('-', ' ')}</div>
          </span>
          <IconSelector size={16} stroke={1.6} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{email}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
          {schemes.map(({ value, label, icon: Icon }) => (
            <Menu.RadioItem key={value} value={value} rightSection={<Icon size={16} stroke={1.6} />}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.6} />} onClick={leave}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
