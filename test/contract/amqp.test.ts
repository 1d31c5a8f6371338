import { describe } from 'vitest';
import { NativeWorld, WireWorld } from '../helpers/amqp-client.js';
import { deathContract } from './amqp-death.js';
import { deliveryContract } from './amqp-delivery.js';
import { lifecycleContract } from './amqp-lifecycle.js';
import { publishingContract } from './amqp-publishing.js';
import { routingContract } from './amqp-routing.js';

describe.each([
  { way: 'the model', create: () => new NativeWorld(), numRuns: 1000 },
  { way: 'the wire', create: () => new WireWorld(), numRuns: 200 },
])('through $way', (contract) => {
  routingContract(contract);
  deliveryContract(contract);
  publishingContract(contract);
  deathContract(contract);
  lifecycleContract(contract);
});
