// Stores as on a new machine: a Redis with nothing in it, and a database without tables.
import { Db } from '../../server/db.ts'
import { privateStores, type PrivateStores } from './stores.ts'

export async function emptyStores(): Promise<PrivateStores> {
  const stores = await privateStores()
  await emptyDatabase(stores)
  return stores
}

export async function emptyDatabase({ admin }: Pick<PrivateStores, 'admin'>): Promise<void> {
  const db = new Db({ ...admin, database: 'mysql' }, 1)
  await db.run('DROP DATABASE brook')
  await db.run('CREATE DATABASE brook CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci')
  await db.close()
}
