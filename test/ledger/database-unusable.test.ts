import { expect, test } from 'vitest';
import { refuseOldServer } from '#ledger/database-unusable.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { onConnection } from '../support/postgres.ts';
import { ledgerForTests } from './house-of-tests.ts';

const { database } = ledgerForTests();

const open = (change: (address: URL) => void) => {
  const address = new URL(database().url);
  change(address);
  return createPostgresLedger({ url: address.href, applicationName: 'refused' });
};

test.each([
  [
    'a wrong password',
    (address: URL) => void (address.password = 'wrong'),
    /user and password in DATABASE_URL/,
  ],
  ['a user who is not there', (address: URL) => void (address.username = 'nobody'), /DATABASE_URL/],
  [
    'a database that is not there',
    (address: URL) => void (address.pathname = '/none'),
    /"none" does not exist.*CREATE DATABASE/,
  ],
])(
  '%s is refused in a sentence with a remedy, and the password is not in it',
  async (_, change, sentence) => {
    const opened = open(change);
    await expect(opened).rejects.toMatchObject({
      name: 'DatabaseUnusable',
      message: expect.stringMatching(sentence),
    });
    await expect(opened).rejects.not.toThrow(/only-for-tests|wrong/);
  },
);

test('a user who may not create tables is told how to get the right', async () => {
  await onConnection(database().superuserUrl, async (client) => {
    await client.query(`CREATE DATABASE not_mine`);
    try {
      await expect(open((address) => void (address.pathname = '/not_mine'))).rejects.toMatchObject({
        name: 'DatabaseUnusable',
        message: expect.stringMatching(/permission denied.*owner of the database/),
      });
    } finally {
      await client.query('DROP DATABASE not_mine WITH (FORCE)');
    }
  });
});

test.each([
  [90_600, false],
  [140_012, false],
  [149_999, false],
  [150_000, true],
  [180_001, true],
])('a server of version number %d is new enough: %s', (number, enough) => {
  const look = () => refuseOldServer(number, 'x');
  if (enough) expect(look).not.toThrow();
  else expect(look).toThrow(/needs version 15 or newer/);
});
