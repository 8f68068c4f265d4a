// Private stores as in flow tests, but with MariaDB's default settings: the tests trade its durability and memory for a
// quick start.
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
