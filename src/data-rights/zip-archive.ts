import { crc32, deflateRawSync } from 'node:zlib'

export interface ArchivedFile {
  /** With folders: `files/picture.png`. */
  readonly path: string
  readonly bytes: Buffer
}

/** ZIP (PKWARE APPNOTE 6.3.10): signatures, version 2.0, names in UTF-8. */
const [localHeader, centralHeader, endOfDirectory] = [0x04034b50, 0x02014b50, 0x06054b50]
const [version, namesInUtf8, deflated] = [20, 0x0800, 8]
/** 1 January 1980, the earliest that the format can say: when a file was made stands in the data. */
const [noTime, noDate] = [0, 0x21]
/** Without the format's 64-bit extension. */
const mostBytes = 0xffff_ffff
const mostFiles = 0xffff

/**
 * A ZIP archive, part by part, one file in memory at a time.
 * @throws Error when it would become larger than 4 GiB or hold more than 65,535 files.
 */
export async function* zipArchive(files: AsyncIterable<ArchivedFile>): AsyncGenerator<Buffer> {
  const directory: Buffer[] = []
  let offset = 0
  for await (const { path, bytes } of files) {
    const name = Buffer.from(path)
    const body = deflateRawSync(bytes)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(version, 0)
    common.writeUInt16LE(namesInUtf8, 2)
    common.writeUInt16LE(deflated, 4)
    common.writeUInt16LE(noTime, 6)
    common.writeUInt16LE(noDate, 8)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(body.length, 14)
    common.writeUInt32LE(bytes.length, 18)
    common.writeUInt16LE(name.length, 22)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    directory.push(number(centralHeader), word(version), common, rest, name)
    yield Buffer.concat([number(localHeader), common, name, body])
    offset += 4 + common.length + name.length + body.length
    if (offset > mostBytes || directory.length / 5 > mostFiles)
      throw new Error('There is more than one archive can hold.')
  }
  const entries = directory.length / 5
  const listed = Buffer.concat(directory)
  yield listed
  yield Buffer.concat([
    ...[number(endOfDirectory), word(0), word(0), word(entries), word(entries)],
    ...[number(listed.length), number(offset), word(0)],
  ])
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}
