/** A short run of `make fuzz`, the same requests each time; a long one is for a longer evening. */
import { expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { fuzz } from '../../scripts/fuzz/fuzz.ts';
import { startOpenServer } from '../../scripts/fuzz/program.ts';
import { testSecret } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';

test('requests made at random from the contract find no fault in five seconds', async () => {
  const database = await createTestDatabase();
  const pool = new Pool({ connectionString: database.url, max: 2 });
  try {
    await using server = await startOpenServer({ databaseUrl: database.url, secretKey: testSecret });
    const { findings } = await fuzz({ url: server.url, pool, seconds: 5, seed: 3 });
    expect(findings.map(({ seed, message }) => `seed=${seed}: ${message}`)).toEqual([]);
    expect(server.errors).toEqual([]);
  } finally {
    await pool.end();
    await database.drop();
  }
});
