import { expect, test } from 'vitest';
import { get, remove } from '../../../../src/wire/amqp/management/endpoint.js';

test('an endpoint is for anybody with a tag unless it says whom it is for', () => {
  const handle = () => ({ status: 204 });
  expect(get('/api/x', handle)).toEqual({
    method: 'GET',
    path: '/api/x',
    handle,
    role: 'management',
    onlyJson: false,
  });
  expect(remove('/api/x', handle, 'administrator')).toMatchObject({ method: 'DELETE', role: 'administrator' });
});
