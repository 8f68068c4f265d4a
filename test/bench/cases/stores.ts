// Private stores as flow tests have them, with MariaDB set back to what it is for a person: tests trade its durability
// and its memory for a quick start.
import { Db } from '../../../server/db.ts'
import { privateStores, type PrivateStores } from '../../support/stores.ts'

export async function benchStores(): Promise<PrivateStores> {
  const stores = await privateStores()
  const db = new Db(stores.admin, 1)
  for (const setting of [
    'innodb_flush_log_at_trx_commit = 1',
    'innodb_buffer_pool_size = 128 * 1024 * 1024',
    'innodb_log_file_size = 96 * 1024 * 1024',
  ])
    await db.run(`SET GLOBAL ${setting}`)
  await db.close()
  return stores
}
