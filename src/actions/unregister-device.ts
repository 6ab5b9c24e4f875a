import type { Deps } from '../deps.ts'
import type { DeviceCaller } from '../domain/caller.ts'
import { pushesAfter, type UnregisterMode } from '../domain/device.ts'
import { signOut } from '../store/devices.ts'

/** The consumer signs out of the app: its device token is dead, and `mode` says which pushes stop. May be repeated. */
export async function unregisterDevice(deps: Deps, caller: DeviceCaller, mode: UnregisterMode): Promise<void> {
  await signOut(deps.db, caller.accountId, caller.deviceId, pushesAfter(mode, caller.pushes))
}
