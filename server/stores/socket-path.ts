// The path of a store's unix socket. The kernel allows 107 bytes; a longer path moves to the temporary folder.
import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { StoreError } from './programs.ts'

// sockaddr_un.sun_path has 108 bytes on Linux with the closing NUL, 104 on macOS.
const maxBytes = process.platform === 'darwin' ? 103 : 107

/** The folder for this data folder's sockets: inside it, or a private temporary one with a name derived from it. */
export async function socketFolder(dataDir: string): Promise<string> {
  const inside = path.join(dataDir, 'run')
  if (Buffer.byteLength(path.join(inside, 'mariadb.sock')) <= maxBytes) {
    await mkdir(inside, { recursive: true, mode: 0o700 })
    return inside
  }
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  const folder = path.join(os.tmpdir(), `brook-${name}`)
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  // Trap: in a world-writable folder, another user may have created this name first.
  const made = await lstat(folder)
  if (!made.isDirectory() || made.uid !== process.getuid?.())
    throw new StoreError(`${folder} belongs to another user. Remove it, or choose a shorter DATA_DIR.`)
  await chmod(folder, 0o700)
  return folder
}
