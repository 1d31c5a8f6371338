import { expect, test } from 'vitest';
import { redacted } from '../../../src/wire/redis/redaction.js';

test('passwords, and what is said of users, are hidden; everything else stays', () => {
  const cases: ReadonlyArray<readonly [string, string]> = [
    ['AUTH pw', 'AUTH (redacted)'],
    ['hello 3 auth u pw SETNAME me', 'hello 3 auth (redacted) (redacted) SETNAME me'],
    ['acl SETUSER u >pw', 'acl SETUSER (redacted) (redacted)'],
    ['ACL GETUSER u', 'ACL GETUSER u'],
    ['CONFIG SET hz 10 RequirePass pw', 'CONFIG SET hz 10 RequirePass (redacted)'],
    ['SET auth pw', 'SET auth pw'],
    ['MIGRATE h 1 k 0 9 AUTH pw COPY', 'MIGRATE h 1 k 0 9 AUTH (redacted) COPY'],
    ['MIGRATE h 1 auth 0 9 AUTH2 u pw', 'MIGRATE h 1 auth 0 9 AUTH2 (redacted) (redacted)'],
  ];
  for (const [request, shown] of cases) expect(redacted(request.split(' ')).join(' ')).toBe(shown);
});
