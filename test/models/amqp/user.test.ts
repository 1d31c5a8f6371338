import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { User } from '../../../src/models/amqp/user.js';

const vhost = { name: '/' };
const refused = expect.objectContaining({ code: 'ACCESS_REFUSED' });

describe('a user', () => {
  it('is known by password or by a salted hash of it, and without either by nothing', () => {
    const salt = Buffer.from([1, 2, 3, 4]);
    const digest = createHash('sha256').update(salt).update('secret').digest();
    const hashed = new User('u', { hash: Buffer.concat([salt, digest]).toString('base64') }, []);
    expect([hashed.accepts('secret'), hashed.accepts('guess')]).toEqual([true, false]);
    expect([new User('u', { plain: 'secret' }, []).accepts('secret'), new User('u', {}, []).accepts('')]).toEqual([
      true,
      false,
    ]);
    expect(new User('u', { hash: '' }, []).accepts('')).toBe(false);
  });

  it('may do what its patterns say, in the vhost that they are for', () => {
    const user = new User('u', {}, []);
    expect(user.setPermissions('/', { configure: '', write: '^a', read: '.*' })).toBe(true);
    expect(() => user.check(vhost, 'write', 'queue', 'abc')).not.toThrow();
    expect(() => user.check(vhost, 'configure', 'queue', 'abc')).toThrow(
      "access to queue 'abc' in vhost '/' refused for user 'u'",
    );
    expect(() => user.check(vhost, 'write', 'exchange', '')).not.toThrow();
    expect(() => user.check({ name: 'other' }, 'read', 'queue', 'abc')).toThrow(refused);
    expect([user.clearPermissions('/'), user.clearPermissions('/'), user.hasAccess('/')]).toEqual([true, false, false]);
  });

  it('may use any key of an exchange without topic permissions, and those that they allow otherwise', () => {
    const user = new User('u', {}, []);
    expect(() => user.checkTopic(vhost, 'write', 'x', 'a.b')).not.toThrow();
    user.setTopicPermissions('/', 'x', { write: '^a', read: '^b' });
    expect(() => user.checkTopic(vhost, 'write', 'x', 'a.b')).not.toThrow();
    expect(() => user.checkTopic(vhost, 'read', 'x', 'a.b')).toThrow(refused);
    expect(() => user.checkTopic(vhost, 'read', 'y', 'a.b')).not.toThrow();
    expect([user.clearTopicPermissions('/', 'y'), user.clearTopicPermissions('/')]).toEqual([false, true]);
  });
});
