// What files may take: three columns of the workspace's row, changed by administrators.
import type { Db, Queryable } from '../../db.ts'
import { fileLimits } from '../../protocol/file-limits.ts'
import type { StorageChange, StorageSettings } from '../../protocol/files.ts'

interface Row {
  file_bytes: number | null
  person_bytes: number | null
  workspace_bytes: number | null
}

export async function readStorageSettings(db: Queryable): Promise<StorageSettings> {
  const [row] = await db.rows<Row>('SELECT file_bytes, person_bytes, workspace_bytes FROM workspace')
  return {
    fileBytes: Number(row?.file_bytes ?? fileLimits.fileBytes.default),
    personBytes: Number(row?.person_bytes ?? fileLimits.personBytes),
    workspaceBytes: Number(row?.workspace_bytes ?? fileLimits.workspaceBytes),
  }
}

/** `begin`: makes the row of a workspace that nobody has set. */
export const changeStorageSettings = (
  db: Db,
  begin: (tx: Queryable) => Promise<void>,
  { fileBytes, personBytes, workspaceBytes }: StorageChange,
): Promise<StorageSettings> =>
  db.transaction(async (tx) => {
    await begin(tx)
    await tx.run(
      `UPDATE workspace SET file_bytes = COALESCE(?, file_bytes), person_bytes = COALESCE(?, person_bytes),
         workspace_bytes = COALESCE(?, workspace_bytes)`,
      [fileBytes ?? null, personBytes ?? null, workspaceBytes ?? null],
    )
    return readStorageSettings(tx)
  })
