import { rename, writeFile } from 'node:fs/promises'

/**
 * Writes or replaces the file in one step, for its owner alone (mode 600): a reader sees the old one, none or the whole
 * new one. `c2m demo` once read the server's note while half of it was there.
 * @throws the file system's error
 */
export async function writeWholeFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 })
  await rename(`${path}.new`, path)
}
