const office = 'application/vnd.openxmlformats-officedocument'
/** A zip of this kind holds a folder of this name. */
const zipFolders: Readonly<Record<string, string>> = {
  [`${office}.wordprocessingml.document`]: 'word/',
  [`${office}.spreadsheetml.sheet`]: 'xl/',
  [`${office}.presentationml.presentation`]: 'ppt/',
}
/** The older formats of an office look the same from outside: here the sender's word counts. */
const oldOffice = ['application/msword', 'application/vnd.ms-excel', 'application/vnd.ms-powerpoint']

const longestLook = 1024 * 1024

/**
 * What a file is, by its own bytes, whatever it is called: a page named `photo.png` is no picture. Only kinds that
 * harm nobody who opens them; null: none of those.
 * @param declared the type its sender gave it; counts only where the bytes leave it open.
 */
export function sniffedType(bytes: Buffer, declared: string): string | null {
  const starts = (...head: readonly number[]) => head.every((byte, place) => bytes[place] === byte)
  const ascii = (from: number, to: number) => bytes.subarray(from, to).toString('latin1')
  if (starts(0xff, 0xd8, 0xff)) return 'image/jpeg'
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png'
  if (/^GIF8[79]a$/.test(ascii(0, 6))) return 'image/gif'
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return 'image/webp'
  if (ascii(4, 8) === 'ftyp')
    return /^3g/.test(ascii(8, 12)) ? 'video/3gpp' : /^(heic|avif)/.test(ascii(8, 12)) ? null : 'video/mp4'
  if (ascii(0, 5) === '%PDF-') return 'application/pdf'
  const plain = declared.split(';')[0]!.trim().toLowerCase()
  if (starts(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)) return oldOffice.includes(plain) ? plain : null
  if (starts(0x50, 0x4b, 0x03, 0x04)) {
    const names = bytes.subarray(0, longestLook).toString('latin1') + bytes.subarray(-longestLook).toString('latin1')
    // With macros a document runs what its author wants.
    if (!names.includes('[Content_Types].xml') || names.includes('vbaProject.bin')) return null
    return Object.entries(zipFolders).find(([, folder]) => names.includes(folder))?.[0] ?? null
  }
  return plain === 'text/plain' && isText(bytes) ? 'text/plain' : null
}

function isText(bytes: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text !== '' && !/\p{Cc}/u.test(text.replace(/[\t\n\v\f\r]/g, ''))
  } catch {
    return false
  }
}
