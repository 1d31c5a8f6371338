import { describe } from 'vitest';
import { NativeWorld, WireWorld } from '../helpers/amqp-client.js';
import { deliveryContract } from './amqp-delivery.js';

describe.each([
  { way: 'the model', create: () => new NativeWorld(), numRuns: 1000 },
  { way: 'the wire', create: () => new WireWorld(), numRuns: 200 },
])('through $way', (contract) => {
  deliveryContract(contract);
});
